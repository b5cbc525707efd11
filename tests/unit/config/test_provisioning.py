"""What the settings ask to be created."""

import pytest

from panope.config.load import load_settings
from panope.features.accounts.provision import PlannedProject, PlannedUser, ProvisionPlan
from panope.features.accounts.secrets import KeyPair

FULL = {
    "LANGFUSE_INIT_ORG_ID": "acme",
    "LANGFUSE_INIT_ORG_NAME": "Acme",
    "LANGFUSE_INIT_PROJECT_ID": "shop",
    "LANGFUSE_INIT_PROJECT_NAME": "Shop",
    "LANGFUSE_INIT_PROJECT_RETENTION": "30",
    "LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk",
    "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk",
    "LANGFUSE_INIT_USER_EMAIL": "a@example.com",
    "LANGFUSE_INIT_USER_NAME": "Ada",
    "LANGFUSE_INIT_USER_PASSWORD": "long enough",
}


def without(*suffixes: str) -> dict[str, str]:
    return {name: value for name, value in FULL.items() if name.removeprefix("LANGFUSE_INIT_") not in suffixes}


def test_all_settings_make_a_whole_plan() -> None:
    settings = load_settings(environ=FULL)
    project = PlannedProject(id="shop", name="Shop", retention_days=30, pair=KeyPair("pk", "sk"))  # type: ignore[arg-type]
    user = PlannedUser(email="a@example.com", password="long enough", name="Ada")
    plan = ProvisionPlan(organization_id="acme", organization_name="Acme", project=project, user=user)  # type: ignore[arg-type]
    assert settings.provisioning.plan() == plan
    assert settings.warnings == ()


def test_without_an_organisation_id_nothing_is_planned_and_that_is_said() -> None:
    settings = load_settings(environ=without("ORG_ID"))
    assert settings.provisioning.plan() is None
    [warning] = settings.warnings
    assert "LANGFUSE_INIT_ORG_ID" in warning
    assert "long enough" not in warning


def test_an_organisation_alone_has_a_name_of_its_own() -> None:
    plan = load_settings(environ={"PANOPE_INIT_ORG_ID": "acme"}).provisioning.plan()
    assert plan is not None
    assert plan.organization_name
    assert (plan.project, plan.user) == (None, None)


def test_a_retention_of_zero_keeps_for_good() -> None:
    plan = load_settings(environ=FULL | {"LANGFUSE_INIT_PROJECT_RETENTION": "0"}).provisioning.plan()
    assert plan is not None
    assert plan.project is not None
    assert plan.project.retention_days is None


@pytest.mark.parametrize("missing", ["PROJECT_PUBLIC_KEY", "PROJECT_SECRET_KEY", "USER_EMAIL", "USER_PASSWORD"])
def test_half_a_pair_does_nothing_and_that_is_said(missing: str) -> None:
    settings = load_settings(environ=without(missing))
    plan = settings.provisioning.plan()
    assert plan is not None
    assert plan.project is not None
    assert (plan.project.pair is None) == missing.startswith("PROJECT")
    assert (plan.user is None) == missing.startswith("USER")
    [warning] = settings.warnings
    assert missing.lower() in warning


def test_a_pair_without_a_project_is_reported() -> None:
    settings = load_settings(environ=without("PROJECT_ID"))
    plan = settings.provisioning.plan()
    assert plan is not None
    assert plan.project is None
    assert "project_id" in settings.warnings[0]
