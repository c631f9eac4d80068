"""Who sells or consigns, checked (本人確認)."""
