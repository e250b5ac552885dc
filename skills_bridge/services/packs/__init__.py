"""The month: frozen once, sealed, approved by four parties, published; corrected only by a new version.

``freezing`` is what people do; ``building`` is the work behind it, which alone loads typesetting and charts: a web
process never pays for them. Import from the one that is meant.
"""
