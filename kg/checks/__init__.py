"""Checks of the machine and of `var`, for `kg doctor`."""
