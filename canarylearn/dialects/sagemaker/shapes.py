"""SageMaker's requests, as botocore's service model has them: which parameters there are, and what they may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"


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
