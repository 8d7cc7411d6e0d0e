"""The access rules. A rule is a module-level `RULE`; refusal by any rule wins."""
