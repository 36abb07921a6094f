"""Runs one of the apps beside this file and sends it requests.

Input: {"app": "microblog", "requests": [{"method", "path", "json"?}]}; output: [[status, body], ...].
"""
import importlib
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
sys.path.insert(0, os.path.dirname(__file__))
sys.dont_write_bytecode = True
asked = json.load(sys.stdin)
app = importlib.import_module(asked["app"]).create_app("sqlite://")
client = app.test_client()
transcript = []
for step in asked["requests"]:
    response = client.open(step["path"], method=step["method"], json=step.get("json"))
    transcript.append([response.status_code, response.get_json(silent=True)])
json.dump(transcript, sys.stdout)
