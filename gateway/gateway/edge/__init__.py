"""The edge: everything that a request meets before somebody answers it, on one event loop.

Bytes come in by `connection`, become requests in `reading`, are decided about in `front`, and go to a
service by `services`, to a live stream by `streams`, or to Flask's views in threads by `views`.
"""
