"""What `compose.yml` and the Helm chart say: whole, valid, with the least rights, two of everything.

The chart is rendered by Go's own template engine with Helm's functions, and each resource is held against
Kubernetes' schema; where `helm` or `docker compose` is installed, they look too.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import go_template
import kubernetes_validate
import pytest
import yaml

from app import actions, draining, gateway, worker
from app.model import RASA_ENVIRONMENT
from app.roles import RIGHTS, WORKER
from app.settings import PROJECT_ROOT, setting_names

CHART = PROJECT_ROOT / "deploy/helm/majlis"
PROCESSES = {"gateway", "worker", "actions", "rasa"}
OWN = {
    "POSTGRES_PASSWORD": "a", "GATEWAY_PASSWORD": "b", "WORKER_PASSWORD": "c", "ACTIONS_PASSWORD": "d",
    "RASA_PASSWORD": "e", "INTERNAL_SECRET": "f", "WAZZUP_API_KEY": "g", "WAZZUP_CHANNEL_ID": "h",
    "WAZZUP_WEBHOOK_SECRET": "i", "PUBLIC_HOST": "sales.example.com",
}  # fmt: skip


GRANT = re.compile("SECRET|_KEY|CLIENT_ID|REFRESH_TOKEN")


def rendered(**changed: object) -> Iterator[dict[str, Any]]:
    values = {**yaml.safe_load((CHART / "values.yaml").read_text()), **changed}
    release = {"Values": values, "Release": {"Name": "sales"}}
    for template in sorted((CHART / "templates").glob("*.yaml")):
        yield from yaml.safe_load_all(go_template.render(template, release).decode())


def workloads() -> dict[str, dict[str, Any]]:
    return {
        resource["metadata"]["name"].removeprefix("sales-"): resource
        for resource in rendered()
        if resource["kind"] in {"Deployment", "StatefulSet", "Job"}
    }


def container(name: str) -> dict[str, Any]:
    [only] = workloads()[name]["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(name: str) -> dict[str, Any]:
    return {entry["name"]: entry for entry in container(name)["env"]}


def secrets(name: str) -> set[str]:
    return {
        entry["valueFrom"]["secretKeyRef"]["key"] for entry in container(name)["env"] if "valueFrom" in entry
    }


def test_every_resource_is_one_kubernetes_knows() -> None:
    kinds = []
    for resource in rendered():
        kubernetes_validate.validate(resource, "1.37", strict=True)
        kinds.append(resource["kind"])
    assert kinds.count("Deployment") == 3
    assert {"StatefulSet", "Job", "Ingress", "NetworkPolicy", "PodDisruptionBudget"} <= set(kinds)


def test_a_resource_that_kubernetes_does_not_know_is_noticed() -> None:
    broken = next(resource for resource in rendered() if resource["kind"] == "Deployment")
    broken["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.37", strict=True)


def test_there_are_two_of_each_and_one_goes_at_a_time() -> None:
    assert {name: workloads()[name]["spec"]["replicas"] for name in PROCESSES} == dict.fromkeys(PROCESSES, 2)
    budgets = [one for one in rendered() if one["kind"] == "PodDisruptionBudget"]
    assert {one["metadata"]["name"] for one in budgets} == {f"sales-{name}" for name in PROCESSES}
    assert all(one["spec"]["maxUnavailable"] == 1 for one in budgets)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_each_process_gets_its_own_role_and_no_one_elses(name: str) -> None:
    databases = {key for key in secrets(name) if key.startswith("DATABASE_URL")}
    assert databases == {f"DATABASE_URL_{name.upper()}"}
    assert f"majlis_{name}" in {*RIGHTS, WORKER}


def test_who_holds_which_grant() -> None:
    assert secrets("rasa") == {"DATABASE_URL_RASA", "INTERNAL_SECRET"}
    assert "WAZZUP_API_KEY" not in secrets("gateway") | secrets("actions")
    assert "ZOHO_REFRESH_TOKEN" not in secrets("gateway")
    assert secrets("migrate") == {"DATABASE_URL_OWNER"}


def test_every_setting_is_one_that_majlis_reads() -> None:
    names = {name for process in PROCESSES for name in environment(process)}
    assert names <= set(setting_names())


def test_nobody_is_root_and_no_secret_stands_in_a_resource() -> None:
    for resource in workloads().values():
        pod = resource["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert not pod["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
    plain = [entry for name in PROCESSES for entry in container(name)["env"] if "value" in entry]
    assert [
        one["name"] for one in plain if re.search("SECRET|KEY|TOKEN|PASSWORD|DATABASE", one["name"])
    ] == []


def test_a_gateway_is_ready_while_nobody_can_answer_and_keeps_its_spool() -> None:
    gateway = workloads()["gateway"]
    assert container("gateway")["readinessProbe"]["httpGet"]["path"] == "/healthz"
    [claim] = gateway["spec"]["volumeClaimTemplates"]
    [mount] = container("gateway")["volumeMounts"]
    assert claim["metadata"]["name"] == mount["name"] == "spool"


def test_whoever_is_told_to_end_has_the_time_it_takes_to_finish() -> None:
    probe = container("gateway")["readinessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] < draining.DRAIN_SECONDS
    own = {
        "gateway": draining.DRAIN_SECONDS + gateway.DEADLINE_SECONDS,
        "worker": worker.DRAIN_SECONDS,
        "rasa": float(RASA_ENVIRONMENT["SANIC_GRACEFUL_SHUTDOWN_TIMEOUT"]),
        "actions": actions.DRAIN_SECONDS,
    }
    for name, seconds in own.items():
        pod = workloads()[name]["spec"]["template"]["spec"]
        before = container(name).get("lifecycle", {"preStop": {"exec": {"command": ["sleep", "0"]}}})
        seconds_before = float(before["preStop"]["exec"]["command"][1])
        assert seconds_before + seconds < pod["terminationGracePeriodSeconds"]
        assert seconds < float(services()[name]["stop_grace_period"].removesuffix("s"))


def test_an_old_one_ends_when_the_new_one_works() -> None:
    assert all("readinessProbe" in container(name) for name in PROCESSES)


def test_a_value_reaches_the_processes() -> None:
    settings = {"MANAGER_CHAT_ID": "971500000000", "DEBOUNCE_SECONDS": 3}
    changed = [one for one in rendered(settings=settings) if one["metadata"]["name"] == "sales-worker"]
    entries = changed[0]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "MANAGER_CHAT_ID", "value": "971500000000"} in entries
    # A number in YAML; the environment holds texts only.
    assert {"name": "DEBOUNCE_SECONDS", "value": "3"} in entries


@pytest.mark.skipif(shutil.which("helm") is None, reason="helm is not installed")
def test_helm_itself_finds_nothing() -> None:
    subprocess.run(["helm", "lint", "--strict", CHART], check=True, timeout=60)


# --- compose ---


def services() -> dict[str, Any]:
    whole = yaml.safe_load((PROJECT_ROOT / "compose.yml").read_text())
    return dict(whole["services"])


def test_compose_publishes_the_proxy_only_and_anything_else_can_be_scaled() -> None:
    assert [name for name, one in services().items() if "ports" in one] == ["proxy"]
    for name in PROCESSES:
        assert not {"ports", "container_name", "network_mode"} & set(services()[name])


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_compose_gives_each_process_its_own_role(name: str) -> None:
    own = services()[name]["environment"]
    assert own["DATABASE_URL"].startswith(f"postgresql://majlis_{name}:${{{name.upper()}_PASSWORD:?}}@")
    assert set(own) <= set(setting_names())
    passwords = set(re.findall(r"\b[A-Z]+_PASSWORD", str(own)))
    assert passwords == {f"{name.upper()}_PASSWORD"}


# What compose decides by itself, and what only one machine without containers has.
OF_NO_USE = {"GATEWAY_ALLOWED_IPS", "MAJLIS_HOME", "MAJLIS_MODEL", "MAJLIS_TEST_CLOCK", "SANDBOX_PORT"}


def test_every_setting_reaches_a_process_of_compose() -> None:
    given = {key for name in PROCESSES for key in services()[name]["environment"]}
    # The address of Wazzup is another one in a sandbox only.
    assert set(setting_names()) - given == OF_NO_USE | {"WAZZUP_API_URL"}


def test_compose_gives_each_process_the_grants_that_the_chart_gives_it() -> None:
    for name in PROCESSES:
        given = {key for key in services()[name]["environment"] if GRANT.search(key)}
        assert given == {key for key in secrets(name) if not key.startswith("DATABASE_URL")}, name


def test_compose_lets_postgres_and_rasa_call_nobody() -> None:
    whole = yaml.safe_load((PROJECT_ROOT / "compose.yml").read_text())
    assert whole["networks"]["inside"] == {"internal": True}
    assert services()["postgres"]["networks"] == services()["rasa"]["networks"] == ["inside"]


def test_the_proxy_shows_what_is_public_and_nothing_else() -> None:
    proxy = (PROJECT_ROOT / "deploy/compose/Caddyfile").read_text()
    [public] = re.findall(r"@public path (.*)", proxy)
    assert public.split() == ["/webhooks/wazzup", "/quotes/*", "/files/*", "/healthz"]
    paths = [
        path["path"]
        for one in rendered()
        if one["kind"] == "Ingress"
        for path in one["spec"]["rules"][0]["http"]["paths"]
    ]
    assert paths == [name.removesuffix("/*") for name in public.split()]


def test_the_proxy_finds_a_new_gateway_at_once_and_logs_no_secret() -> None:
    proxy = (PROJECT_ROOT / "deploy/compose/Caddyfile").read_text()
    [dialling] = re.findall(r"dial_timeout (\d+)ms", proxy)
    [trying] = re.findall(r"lb_try_duration (\d+)ms", proxy)
    assert int(dialling) * 2 < int(trying)
    assert re.search(r"dynamic a \{[^}]*refresh 1s", proxy)
    assert re.search(r"request>uri query \{\s+replace token REDACTED", proxy)


def test_every_role_is_made_in_a_new_database() -> None:
    script = (PROJECT_ROOT / "deploy/compose/roles.sh").read_text()
    made = dict(re.findall(r'^make_role (\w+) "\$(\w+)"$', script, re.MULTILINE))
    assert {f"majlis_{name}" for name in made} == {*RIGHTS, WORKER}
    assert len(set(made.values())) == len(made)
    assert set(made.values()) <= set(services()["postgres"]["environment"])
    subprocess.run(["sh", "-n", PROJECT_ROOT / "deploy/compose/roles.sh"], check=True)


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0,
    reason="docker compose is not installed",
)
def test_docker_compose_itself_finds_nothing() -> None:
    ended = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=PROJECT_ROOT, env={"PATH": "/usr/bin:/usr/local/bin", **OWN}, capture_output=True, check=True,
        timeout=60,
    )  # fmt: skip
    assert set(json.loads(ended.stdout)["services"]) == {*PROCESSES, "proxy", "postgres", "migrate"}
