"""What is said of store credit: what there is, until when, how it works (クレジットの文言)."""
