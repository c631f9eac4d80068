"""The staff console (管理画面): what the shop's people see and press in a browser."""
