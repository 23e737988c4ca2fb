import { expect, test } from "vitest";
import { readHostsConfig } from "../../provider/hosts/hostsConfig";
import { connectPowerShell } from "../../provider/hosts/powershell";
import { connectSimulator } from "../../provider/hosts/simulator";

const cim = { kind: "cim", computerName: "west" };

test.each([
	["a discover that is none", { ...cim, discover: "sometimes" }, "hosts.west.discover"],
	["a way to prove the account that is none", { ...cim, authentication: "Basic" }, "hosts.west.authentication"],
	["a port out of range", { ...cim, port: 70_000 }, "hosts.west.port"],
	["no place to work in", { ...cim, maxConcurrent: 0 }, "hosts.west.maxConcurrent"],
	["port 0", { ...cim, port: 0 }, "hosts.west.port"],
	["HTTPS over DCOM", { ...cim, protocol: "Dcom", useSsl: true }, "hosts.west.useSsl"],
	["a port of DCOM", { ...cim, protocol: "dcom", port: 135 }, "hosts.west.port"],
	["a switch that skips the certificate", { ...cim, skipCACheck: true }, "skipCACheck"],
])("%s is one mistake that names its path", (_name, west, path) => {
	expect(() => readHostsConfig({ west })).toThrow(/^SR2007/);
	expect(() => readHostsConfig({ west })).toThrow(path);
});

test("every kind of host takes maxConcurrent, 4 if it is not given", () => {
	const hosts = { west: { ...cim, maxConcurrent: 9 }, sim: { kind: "simulator", maxConcurrent: 2 } };
	expect(readHostsConfig(hosts)).toMatchObject(hosts);
	const simulator = (more: { maxConcurrent?: number }) => connectSimulator({ name: "sim", file: "none.json", ...more });
	const local = (more: { maxConcurrent?: number }) => connectPowerShell({ name: "local", kind: "local", ...more });
	for (const connect of [simulator, local]) {
		expect([connect({ maxConcurrent: 9 }).maxConcurrent, connect({}).maxConcurrent]).toEqual([9, 4]);
	}
});

test("names of PowerShell are taken in any letter case", () => {
	const west = { ...cim, protocol: "WSMAN", authentication: "credssp", useSsl: true, port: 5986, discover: "never" };
	expect(readHostsConfig({ west }).west).toEqual({ ...west, protocol: "wsman", authentication: "CredSsp" });
});
