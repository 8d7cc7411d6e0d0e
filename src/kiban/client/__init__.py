"""Kiban for programs, over HTTP: `connect` to a platform; `kiban.local.open_home` gives the same without a server."""

from kiban.client.client import Client, connect

__all__ = ["Client", "connect"]
