"""The trusted side of the sandbox: sessions, requests and the processes that serve them."""
