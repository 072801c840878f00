"""Makes clients of a running store's contract with generators that others wrote: clients.py STORE FOLDER

STORE is the store's address, FOLDER is where they are made. Prints what each generator and validator says as JSON, a line
each, and then what the order was that each client placed.
"""
import json, os, pathlib, shutil, subprocess, sys, urllib.request

store, folder = sys.argv[1], pathlib.Path(sys.argv[2])
own = pathlib.Path(sys.argv[0]).parent
programs = pathlib.Path(sys.executable).parent
# Generators look for programs of their own.
programs_path = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
contract = folder / "openapi.json"
contract.write_bytes(urllib.request.urlopen(store + "/openapi.json").read())


def run(step, *command, **environment):
    done = subprocess.run([str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**programs_path, **environment})
    output = done.stdout.strip()
    said = json.loads(output.splitlines()[-1]) if step.endswith("order") and done.returncode == 0 else output[-2000:]
    print(json.dumps({"step": step, "status": done.returncode, "said": said}), flush=True)


generator = programs / "openapi-generator-cli"
run("openapi-spec-validator", programs / "openapi-spec-validator", contract)
run("openapi-generator validate", generator, "validate", "-i", contract)
# What it has no reader for is read as bytes: it would warn otherwise, and a warning is a failure.
types = {"image/svg+xml": "application/octet-stream", "image/png": "application/octet-stream",
         "application/pdf": "application/octet-stream"}
(folder / "settings.json").write_text(json.dumps({"content_type_overrides": types}))
run("openapi-python-client", programs / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none",
    "--path", contract, "--config", folder / "settings.json", "--output-path", folder / "python_client")
run("openapi-generator python", generator, "generate", "-i", contract, "-g", "python", "-o", folder / "python",
    "--package-name", "python_generator")
run("openapi-generator typescript", generator, "generate", "-i", contract, "-g", "typescript-fetch", "-o",
    folder / "typescript")
places = {"PYTHONPATH": f"{folder}:{folder / 'python'}", "PYTHONDONTWRITEBYTECODE": "1"}
run("openapi-python-client order", sys.executable, own / "python_client_order.py", store, **places)
run("openapi-generator python order", sys.executable, own / "python_generator_order.py", store, **places)
shutil.copy(own / "typescript_order.ts", folder)
run("esbuild", "/usr/bin/esbuild", "typescript_order.ts", "--bundle", "--platform=node", "--format=esm",
    "--outfile=order.mjs", "--log-level=warning")
run("openapi-generator typescript order", "/usr/bin/node", "order.mjs", store)
# The compiler of Debian is older than what is generated, but it knows whether what uses that has its types right.
checked = subprocess.run(["/usr/bin/tsc", "--noEmit", "--strict", "--target", "es2020", "--module", "es2020",
                          "--moduleResolution", "node", "--lib", "es2020,dom", "typescript_order.ts"],
                         cwd=folder, stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE)
wrong = [line for line in checked.stdout.splitlines() if line.startswith("typescript_order.ts")]
print(json.dumps({"step": "tsc", "status": len(wrong), "said": "\n".join(wrong)}), flush=True)
