"""A store on its way to another place or another program: copied whole, or its entries exported.

What is written appears under its name when it is whole (`aside`); a store that somebody writes to meanwhile
goes on undisturbed.
"""
