"""The demonstration district and its cast: fictional people and units in real places, made by the product's actions."""
