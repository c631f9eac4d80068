"""Cash and whose it is (犯罪収益移転防止法)."""
