"""The tests of this folder share the servers of their sandboxes."""

from shared_servers import idle_servers as idle_servers
from shared_servers import shared_servers as shared_servers
