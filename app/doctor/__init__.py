"""`majlis doctor`: is everything that Majlis needs there, and how is what is missing mended?"""
