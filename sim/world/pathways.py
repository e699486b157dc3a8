"""Pathways: the five ways by which chips reach the lab, bought or rented."""

LICENSED, DOMESTIC, GREY, RENTED_HOME, RENTED_ABROAD = 0.0, 1.0, 2.0, 3.0, 4.0
PATHWAYS = ("licensed", "domestic", "grey", "rented_home", "rented_abroad")
