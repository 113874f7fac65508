"""A valid manifest of every dialect, with the fields that its reader knows, and the place of its main number."""

from dataclasses import dataclass

from canarylearn.dialects.yaml_text import read_documents
from tests.dialects.mangled import dump


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The documents of a text, and the line that holds the number on which most depends, up to the number."""

    dialect: str
    text: str
    number: str

    @property
    def trees(self) -> list[object]:
        """The plain values of the documents."""
        return [document.value for document in read_documents(self.text)]

    @property
    def line(self) -> int:
        """The line of the number."""
        lines = self.text.splitlines()
        (place,) = [place for place, line in enumerate(lines, 1) if self.number in line]
        return place

    def with_number(self, written: str) -> str:
        """The text with something else where the number stands."""
        lines = self.text.splitlines()
        start = lines[self.line - 1].partition(self.number)[0]
        lines[self.line - 1] = f"{start}{self.number} {written}"
        return "\n".join(lines) + "\n"

    def with_tree(self, place: int, tree: object) -> str:
        """The text with another document in one place."""
        trees = self.trees
        trees[place] = tree
        return "---\n".join(dump(one) for one in trees)


MANIFESTS = (
    Manifest(
        dialect="argo-rollouts",
        number="- setWeight:",
        text="""\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: ranker
spec:
  replicas: 5
  selector:
    matchLabels:
      app: ranker
  template:
    metadata:
      labels:
        app: ranker
    spec:
      containers:
      - name: ranker
        image: registry.test/ranker:2
  strategy:
    canary:
      canaryService: canary
      stableService: stable
      maxSurge: 25%
      maxUnavailable: 1
      trafficRouting:
        istio:
          virtualService:
            name: ranker
      analysis:
        templates:
        - templateName: quality
        startingStep: 1
      steps:
      - setWeight: 10
      - pause:
          duration: 20m
      - analysis:
          templates:
          - templateName: quality
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: quality
spec:
  metrics:
  - name: success-rate
    interval: 2m
    count: 3
    failureLimit: 1
    successCondition: result[0] >= 0.96
    provider:
      prometheus:
        address: http://prometheus.test
        query: sum(rate(success[2m]))
""",
    ),
    Manifest(
        dialect="flagger",
        number="stepWeight:",
        text="""\
apiVersion: flagger.app/v1beta1
kind: Canary
metadata:
  name: recommender
spec:
  provider: istio
  targetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: recommender
  service:
    port: 8080
  analysis:
    interval: 5m
    threshold: 3
    maxWeight: 50
    stepWeight: 10
    metrics:
    - name: request-success-rate
      thresholdRange:
        min: 96
      interval: 5m
    webhooks:
    - name: load
      type: rollout
      url: http://tester.test/
      metadata:
        cmd: hey http://recommender
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata:
  name: errors
spec:
  provider:
    type: prometheus
    address: http://prometheus.test
  query: sum(rate(errors[1m]))
""",
    ),
    Manifest(
        dialect="kserve",
        number="canaryTrafficPercent:",
        text="""\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris
  annotations:
    serving.kserve.io/deploymentMode: Knative
spec:
  predictor:
    canaryTrafficPercent: 10
    minReplicas: 1
    maxReplicas: 3
    model:
      modelFormat:
        name: sklearn
      storageUri: gs://models.test/iris/v2
""",
    ),
    Manifest(
        dialect="kserve",
        number="- trafficPercent:",
        text="""\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris
  annotations:
    serving.kserve.io/deploymentMode: Standard
spec:
  predictor:
    name: v1
    minReplicas: 4
    model:
      storageUri: gs://models.test/iris/v1
  canary:
  - trafficPercent: 10
    predictor:
      name: v2
      minReplicas: 1
      model:
        storageUri: gs://models.test/iris/v2
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata:
  name: graph
spec:
  nodes:
    root:
      routerType: Splitter
      steps:
      - serviceName: iris-v1
        name: old
        weight: 80
      - nodeName: next
        weight: 20
""",
    ),
    Manifest(
        dialect="istio",
        number="- weight:",
        text="""\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: translator
spec:
  hosts:
  - translator
  http:
  - match:
    - uri:
        prefix: /v1
      port: 80
    route:
    - destination:
        host: translator
        subset: stable
        port:
          number: 80
      weight: 90
    - weight: 10
      destination:
        host: translator
        subset: canary
    mirrors:
    - destination:
        host: shadow
      percentage:
        value: 12.5
  - route:
    - destination:
        host: translator
    mirror:
      host: shadow
    mirrorPercentage:
      value: 5
""",
    ),
    Manifest(
        dialect="gateway-api",
        number="- weight:",
        text="""\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: search
spec:
  parentRefs:
  - name: public
  rules:
  - matches:
    - path:
        type: PathPrefix
        value: /search
      headers:
      - name: x-team
        value: a
    filters:
    - type: RequestMirror
      requestMirror:
        backendRef:
          name: shadow
          port: 80
        fraction:
          numerator: 5
          denominator: 1000
    backendRefs:
    - name: search-stable
      port: 80
    - weight: 10
      name: search-canary
      port: 80
    sessionPersistence:
      sessionName: search
      type: Cookie
""",
    ),
    Manifest(
        dialect="sagemaker",
        number="- InitialVariantWeight:",
        text="""\
EndpointConfigName: churn
ProductionVariants:
- VariantName: stable
  ModelName: churn-v1
  InitialInstanceCount: 3
  InstanceType: ml.m5.large
- InitialVariantWeight: 0.1
  VariantName: canary
  ModelName: churn-v2
  InitialInstanceCount: 1
  InstanceType: ml.m5.large
""",
    ),
    Manifest(
        dialect="sagemaker",
        number="WaitIntervalInSeconds:",
        text="""\
EndpointName: churn
EndpointConfigName: churn-v2
DeploymentConfig:
  BlueGreenUpdatePolicy:
    TrafficRoutingConfiguration:
      Type: CANARY
      CanarySize:
        Type: CAPACITY_PERCENT
        Value: 10
      WaitIntervalInSeconds: 600
    TerminationWaitInSeconds: 300
    MaximumExecutionTimeoutInSeconds: 3600
  AutoRollbackConfiguration:
    Alarms:
    - AlarmName: errors
---
AlarmName: errors
Namespace: AWS/SageMaker
MetricName: Invocation5XXErrors
Statistic: Average
ComparisonOperator: GreaterThanThreshold
Threshold: 0.05
Period: 300
EvaluationPeriods: 1
""",
    ),
    Manifest(
        dialect="azure-ml",
        number="green:",
        text="""\
name: credit
auth_mode: key
traffic:
  blue: 90
  green: 10
mirror_traffic:
  shadow: 20
""",
    ),
    Manifest(
        dialect="vertex-ai",
        number="'0':",
        text="""\
deployed_model_display_name: v2
machine_type: n1-standard-2
existing:
  '1': 60
  '2': 40
traffic_split:
  '1': 50
  '2': 40
  '0': 10
""",
    ),
)
