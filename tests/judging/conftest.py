"""The sandboxes of a module are closed after its last test."""

from warm_sandbox import closed_sandboxes as closed_sandboxes
