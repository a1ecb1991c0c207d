open("{CANARY}/marker", "w").close()
