"""Sign-in, second factor, sign-out, language."""
