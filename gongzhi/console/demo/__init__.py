"""The demonstration district and its cast: fictional people and units in real places, made by the product's actions."""

from gongzhi.console.demo.cast import logins
from gongzhi.console.demo.district import load_district

__all__ = ["load_district", "logins"]
