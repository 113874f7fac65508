"""SageMaker's requests, as botocore's service model has them, and the two layers that look at them.

The client (botocore) checks types, required and unknown parameters and least values; the service checks the rest.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from canarylearn.dialects.shape import SCHEMA, SEMANTICS, Node

_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
_MOST_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """A number, a text or a truth value. `least` is looked at by the client, `most` and the rest by the service."""

    kind: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """A list; its least length is looked at by the client, its most by the service."""

    member: "Shape"
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Structure:
    """An object with these members and no others."""

    members: Mapping[str, "Shape"]
    required: tuple[str, ...] = field(default=())


Shape = Scalar | ListOf | Structure | None
"""None is a part that is not read."""

_VALID = {
    "integer": "<class 'int'>",
    "float": "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>",
    "string": "<class 'str'>",
    "boolean": "<class 'bool'>",
    "list": "<class 'list'>, <class 'tuple'>",
    "structure": "<class 'dict'>",
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "float": (float, int),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
}

TEXT = Scalar(kind="string")
NAME = Scalar(kind="string", most=63, pattern=_NAME)
WEIGHT = Scalar(kind="float", least=0)
WAIT = Scalar(kind="integer", least=0, most=3600)
_COUNT = Scalar(kind="integer", least=1)
_CAPACITY = Structure(
    members={
        "Type": Scalar(kind="string", choices=("INSTANCE_COUNT", "CAPACITY_PERCENT")),
        "Value": _COUNT,
    },
    required=("Type", "Value"),
)
_TIMEOUT = Scalar(kind="integer", least=600, most=28800)
DEPLOYMENT = Structure(
    members={
        "BlueGreenUpdatePolicy": Structure(
            members={
                "TrafficRoutingConfiguration": Structure(
                    members={
                        "Type": Scalar(kind="string", choices=("ALL_AT_ONCE", "CANARY", "LINEAR")),
                        "WaitIntervalInSeconds": WAIT,
                        "CanarySize": _CAPACITY,
                        "LinearStepSize": _CAPACITY,
                    },
                    required=("Type", "WaitIntervalInSeconds"),
                ),
                "TerminationWaitInSeconds": WAIT,
                "MaximumExecutionTimeoutInSeconds": _TIMEOUT,
            },
            required=("TrafficRoutingConfiguration",),
        ),
        "RollingUpdatePolicy": Structure(
            members={
                "MaximumBatchSize": _CAPACITY,
                "WaitIntervalInSeconds": WAIT,
                "MaximumExecutionTimeoutInSeconds": _TIMEOUT,
                "RollbackMaximumBatchSize": _CAPACITY,
            },
            required=("MaximumBatchSize", "WaitIntervalInSeconds"),
        ),
        "AutoRollbackConfiguration": Structure(
            members={
                "Alarms": ListOf(
                    member=Structure(
                        members={"AlarmName": Scalar(kind="string", least=1, most=255, pattern=r"(?!\s*$).+")}
                    ),
                    least=1,
                    most=10,
                )
            }
        ),
    }
)
VARIANTS = ListOf(
    member=Structure(
        members={
            "VariantName": NAME,
            "ModelName": Scalar(kind="string", most=63),
            "InitialInstanceCount": _COUNT,
            "InitialVariantWeight": WEIGHT,
            **dict.fromkeys(
                (
                    "InstanceType",
                    "InstancePools",
                    "VariantInstanceProvisionTimeoutInSeconds",
                    "AcceleratorType",
                    "CoreDumpConfig",
                    "ServerlessConfig",
                    "VolumeSizeInGB",
                    "ModelDataDownloadTimeoutInSeconds",
                    "ContainerStartupHealthCheckTimeoutInSeconds",
                    "EnableSSMAccess",
                    "ManagedInstanceScaling",
                    "RoutingConfig",
                    "InferenceAmiVersion",
                    "CapacityReservationConfig",
                    "AcceleratorPartitionLayouts",
                )
            ),
        },
        required=("VariantName",),
    ),
    least=1,
    most=10,
)
DESIRED = ListOf(
    member=Structure(
        members={
            "VariantName": NAME,
            "DesiredWeight": WEIGHT,
            "DesiredInstanceCount": Scalar(kind="integer", least=0),
            "ServerlessUpdateConfig": None,
        },
        required=("VariantName",),
    ),
    least=1,
)
SHADOW_MODE = Structure(
    members={
        "SourceModelVariantName": Scalar(kind="string", most=63),
        "ShadowModelVariants": ListOf(
            member=Structure(
                members={
                    "ShadowModelVariantName": Scalar(kind="string", most=63),
                    "SamplingPercentage": Scalar(kind="integer", least=0, most=100),
                },
                required=("ShadowModelVariantName", "SamplingPercentage"),
            ),
            least=1,
            most=1,
        ),
    },
    required=("SourceModelVariantName", "ShadowModelVariants"),
)
REQUEST = Structure(
    members={
        "EndpointName": NAME,
        "EndpointConfigName": NAME,
        "ProductionVariants": VARIANTS,
        "ShadowProductionVariants": VARIANTS,
        "DesiredWeightsAndCapacities": DESIRED,
        "DeploymentConfig": DEPLOYMENT,
        "ShadowModeConfig": SHADOW_MODE,
        "RetainAllVariantProperties": Scalar(kind="boolean"),
        "RetainDeploymentConfig": Scalar(kind="boolean"),
        **dict.fromkeys(
            (
                "ExcludeRetainedVariantProperties",
                "DataCaptureConfig",
                "Tags",
                "KmsKeyId",
                "AsyncInferenceConfig",
                "ExplainerConfig",
                "ExecutionRoleArn",
                "VpcConfig",
                "EnableNetworkIsolation",
                "MetricsConfig",
                "CrossRegionTrafficConfig",
            )
        ),
    }
)
"""CreateEndpointConfig, CreateEndpoint, UpdateEndpoint and UpdateEndpointWeightsAndCapacities, in one.

The names that a call may give beside the file (--endpoint-name) are not required in it.
"""


def look_at(node: Node, shape: Shape, name: str = "") -> None:
    """Keep every mistake that the client or the service finds; `name` is the parameter in the client's notation."""
    if shape is None:
        return
    kind = shape.kind if isinstance(shape, Scalar) else "list" if isinstance(shape, ListOf) else "structure"
    value = node.value
    if not isinstance(value, _TYPES[kind]):
        node.problem(
            f"Invalid type for parameter {name or 'input'}, value: {_shown(value)}, type: {type(value)}, "
            f"valid types: {_VALID[kind]}{_tip(value, kind)}",
            code=SCHEMA,
        )
    elif isinstance(value, bool) and kind in ("integer", "float"):
        # Python's True is an int, so the client lets it through, and the service expects a number.
        node.problem(f"SerializationException: {name or 'input'} has to be a number, and it is true or false")
    elif isinstance(shape, Structure):
        _look_at_structure(node, shape, name)
    elif isinstance(shape, ListOf):
        _look_at_list(node, shape, name)
    else:
        _look_at_scalar(node, shape, name)


def _look_at_structure(node: Node, shape: Structure, name: str) -> None:
    for member in shape.required:
        if not isinstance(node.value, dict) or member not in node.value:
            node.problem(f'Missing required parameter in {name or "input"}: "{member}"', code=SCHEMA)
    for member, child in node.items():
        if member in shape.members:
            look_at(child, shape.members[member], f"{name}.{member}" if name else member)
        else:
            known = ", ".join(shape.members)
            child.problem(
                f'Unknown parameter in {name or "input"}: "{member[:_MOST_SHOWN]}", must be one of: {known}'[:500],
                code=SCHEMA,
            )


def _look_at_list(node: Node, shape: ListOf, name: str) -> None:
    entries = node.sequence()
    if len(entries) < shape.least:
        node.problem(
            f"Invalid length for parameter {name}, value: {len(entries)}, valid min length: {shape.least}", code=SCHEMA
        )
    if shape.most is not None and len(entries) > shape.most:
        _refuse(node, name, f"Member must have length less than or equal to {shape.most}, and not {len(entries)}")
    for place, entry in enumerate(entries[: shape.most]):
        look_at(entry, shape.member, f"{name}[{place}]")


def _look_at_scalar(node: Node, shape: Scalar, name: str) -> None:
    value = node.value
    if isinstance(value, str):
        _look_at_text(node, value, shape, name)
    elif isinstance(value, (int, float)):
        _look_at_number(node, value, shape, name)


def _look_at_text(node: Node, value: str, shape: Scalar, name: str) -> None:
    if shape.least is not None and len(value) < shape.least:
        node.problem(
            f"Invalid length for parameter {name}, value: {len(value)}, valid min length: {shape.least:g}", code=SCHEMA
        )
    elif shape.most is not None and len(value) > shape.most:
        _refuse(node, name, f"Member must have length less than or equal to {shape.most:g}")
    elif shape.choices and value not in shape.choices:
        _refuse(node, name, f"Member must satisfy enum value set: [{', '.join(shape.choices)}]")
    elif shape.pattern and not re.fullmatch(shape.pattern, value):
        _refuse(node, name, f"Member must satisfy regular expression pattern: {shape.pattern}")


def _look_at_number(node: Node, value: float, shape: Scalar, name: str) -> None:
    if shape.least is not None and value < shape.least:
        node.problem(
            f"Invalid value for parameter {name}, value: {_shown(value)}, valid min value: {shape.least:g}", code=SCHEMA
        )
    elif not math.isfinite(value):
        node.problem(f"SerializationException: {name} has to be a finite number, and it is {value}", code=SEMANTICS)
    elif shape.most is not None and value > shape.most:
        _refuse(node, name, f"Member must have value less than or equal to {shape.most:g}")


def _refuse(node: Node, name: str, constraint: str) -> None:
    """What the service answers."""
    place = ".".join(part[:1].lower() + part[1:] for part in name.split("."))
    node.problem(
        f"1 validation error detected: Value '{_shown(node.value)}' at '{place}' failed to satisfy constraint: "
        f"{constraint}",
        code=SEMANTICS,
    )


def _shown(value: object) -> str:
    if isinstance(value, (list, dict)):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    said = str(value)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"


def _tip(value: object, kind: str) -> str:
    if kind in ("integer", "float") and isinstance(value, str):
        digits = value.strip().removesuffix("%").strip()
        if digits.replace(".", "", 1).isdecimal() and digits.isascii():
            return f"; write {digits} without {'a percent sign' if '%' in value else 'quotes'}"
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return f"; write {int(value)}"
    if kind == "string" and not isinstance(value, (list, dict)):
        return "; put it in quotes"
    return ""
