"""CanaryLearn: learn to release models safely, by deploying every answer."""
