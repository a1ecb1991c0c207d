"""Where hand-ins come from: learning platforms, folders of repositories, and the roster."""
