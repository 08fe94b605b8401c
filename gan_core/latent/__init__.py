"""Steering a trained generator by hand: what is asked of it, the views of the page, and the pictures taken along.

A question holds latents and conditions, an answer holds images; everything that needs torch happens in between, in a
worker (`gan_core.runs`).
"""
