"""What has to be there after the first start."""

from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator

from panope.config.area import Area, Variable
from panope.domain.ids import OrganizationId, ProjectId
from panope.features.accounts.provision import PlannedProject, PlannedUser, ProvisionPlan
from panope.features.accounts.secrets import KeyPair

_MIN_RETENTION_DAYS: Final = 3


def _named(suffix: str) -> Variable:
    return Variable(f"PANOPE_INIT_{suffix}", (f"LANGFUSE_INIT_{suffix}",))


class ProvisioningSettings(Area):
    """Table `provisioning`. Everything is created if missing and never changed afterwards."""

    org_id: Annotated[str | None, _named("ORG_ID")] = Field(
        None, description="Organisation to create. Without it the other settings of this table do nothing."
    )
    org_name: Annotated[str, _named("ORG_NAME")] = Field("Provisioned Org", description="Its name.")
    project_id: Annotated[str | None, _named("PROJECT_ID")] = Field(None, description="Project to create in it.")
    project_name: Annotated[str, _named("PROJECT_NAME")] = Field("Provisioned Project", description="Its name.")
    project_retention: Annotated[int | None, _named("PROJECT_RETENTION")] = Field(
        None,
        ge=0,
        description="Retention that was agreed on, in days, at least 3; noted and shown, nothing is deleted by it yet.",
    )
    project_public_key: Annotated[str | None, _named("PROJECT_PUBLIC_KEY")] = Field(
        None, description="Public half of a key pair of the project."
    )
    project_secret_key: Annotated[SecretStr | None, _named("PROJECT_SECRET_KEY")] = Field(
        None, description="Secret half of it."
    )
    user_email: Annotated[str | None, _named("USER_EMAIL")] = Field(None, description="Owner of the organisation.")
    user_name: Annotated[str | None, _named("USER_NAME")] = Field(None, description="Their name.")
    user_password: Annotated[SecretStr | None, _named("USER_PASSWORD")] = Field(
        None, description="Their first password, at least 8 characters."
    )

    @field_validator("project_retention")
    @classmethod
    def _not_too_short(cls, value: int | None) -> int | None:
        if value is not None and 0 < value < _MIN_RETENTION_DAYS:
            raise ValueError(f"a project keeps its telemetry for at least {_MIN_RETENTION_DAYS} days, or for good (0)")
        return value

    def plan(self) -> ProvisionPlan | None:
        """What to create, or None when nothing was asked for; what is given by half is left out."""
        if self.org_id is None:
            return None
        return ProvisionPlan(
            organization_id=OrganizationId(self.org_id),
            organization_name=self.org_name,
            project=self._project(),
            user=self._user(),
        )

    def warnings(self) -> list[str]:
        """What was set and does nothing."""
        if self.org_id is None:
            given = sorted(self.model_fields_set)
            text = f"provisioning: {', '.join(given)} set without org_id (LANGFUSE_INIT_ORG_ID), so nothing is created"
            return [text] if given else []
        needs = [
            ("project_public_key", "project_secret_key"),
            ("project_secret_key", "project_public_key"),
            ("project_public_key", "project_id"),
            ("user_email", "user_password"),
            ("user_password", "user_email"),
        ]
        return [
            f"provisioning: {given} is set without {needed} and does nothing"
            for given, needed in needs
            if getattr(self, given) is not None and getattr(self, needed) is None
        ]

    def _project(self) -> PlannedProject | None:
        if self.project_id is None:
            return None
        pair = None
        if self.project_public_key is not None and self.project_secret_key is not None:
            pair = KeyPair(self.project_public_key, self.project_secret_key.get_secret_value())
        return PlannedProject(
            id=ProjectId(self.project_id),
            name=self.project_name,
            retention_days=self.project_retention or None,
            pair=pair,
        )

    def _user(self) -> PlannedUser | None:
        if self.user_email is None or self.user_password is None:
            return None
        return PlannedUser(email=self.user_email, password=self.user_password.get_secret_value(), name=self.user_name)
