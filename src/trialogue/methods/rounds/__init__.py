"""Which visitor, which day, which stop?"""
