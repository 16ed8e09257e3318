"""Change log: what was published, changed, merged and deleted, over all generations, in `var/state/log.sqlite`."""
