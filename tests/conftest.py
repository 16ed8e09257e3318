"""What all tests share."""

from hypothesis import settings

# Time is measured by benchmarks, not by tests: these machines are noisy.
settings.register_profile("kg", deadline=None, derandomize=True)
settings.load_profile("kg")
