"""Visits, stores and call backs (来店・店舗・折り返し): what is said about them."""
