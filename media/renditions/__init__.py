"""What is made from an original to be shown (表示用データ): film, poster, full, preview,
tiles. All can be made again.
"""
