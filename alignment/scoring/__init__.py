"""Attainment, status and scores: what a key result's reading means, and how well work and money follow the
plan.
"""
