"""Engines that suggest the next experiments; each module with an `ENGINE` is one."""
