"""`shared.datasets.fetch` asking the address in KAGGLE_IS_AT; tests run it with ``-m``."""

import os
import runpy

from kagglesdk import kaggle_env

kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.PROD] = os.environ["KAGGLE_IS_AT"]
runpy.run_module("shared.datasets.fetch", run_name="__main__", alter_sys=True)
