"""Recognizers for Presidio: one identifier, one file.

Lives here: what Presidio lacks for China, and safe forms of its generic ones: ``\\b`` sees Han characters as word
characters, so every pattern is bounded by ASCII letters and digits instead.
Add here: a file with one recognizer, and its class in ``registry.RECOGNIZERS``.
Stays out: scanning (``desensitization.scan``), the verdict (``desensitization.gate``).
"""
