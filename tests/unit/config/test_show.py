"""Showing settings."""

from panope.config.load import AREAS, load_settings
from panope.config.show import show_settings


def test_every_setting_is_shown_with_its_source() -> None:
    shown = {setting.name: setting for setting in show_settings(load_settings(environ={"PORT": "8"}))}
    assert len(shown) == sum(len(area.model_fields) for area in AREAS)
    port = shown["server.port"]
    assert (port.value, port.source, port.flag) == (8, "environment PORT", "--port")
    assert port.variables == ["PANOPE_PORT", "PORT"]
    assert shown["server.host"].source == "default"
    assert shown["storage.data_dir"].value == "panope-data"
    assert shown["storage.auto_migrate"].value is True


def test_secrets_are_masked_and_absent_ones_are_seen_to_be() -> None:
    shown = {setting.name: setting for setting in show_settings(load_settings(environ={"SALT": "s3cret"}))}
    assert shown["security.salt"].value == "********"
    assert shown["security.encryption_key"].value is None
    assert "SALT_FILE" in shown["security.salt"].variables
    assert "s3cret" not in repr(shown)
