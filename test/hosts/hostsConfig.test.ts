import { expect, test } from "vitest";
import { readHostsConfig } from "../../provider/hosts/hostsConfig";

const cim = { kind: "cim", computerName: "west" };

test.each([
	["a discover that is none", { ...cim, discover: "sometimes" }, "hosts.west.discover"],
	["a way to prove the account that is none", { ...cim, authentication: "Basic" }, "hosts.west.authentication"],
	["a port out of range", { ...cim, port: 70_000 }, "hosts.west.port"],
	["port 0", { ...cim, port: 0 }, "hosts.west.port"],
	["HTTPS over DCOM", { ...cim, protocol: "Dcom", useSsl: true }, "hosts.west.useSsl"],
	["a port of DCOM", { ...cim, protocol: "dcom", port: 135 }, "hosts.west.port"],
	["a switch that skips the certificate", { ...cim, skipCACheck: true }, "skipCACheck"],
])("%s is one mistake that names its path", (_name, west, path) => {
	expect(() => readHostsConfig({ west })).toThrow(/^SR2007/);
	expect(() => readHostsConfig({ west })).toThrow(path);
});

test("names of PowerShell are taken in any letter case", () => {
	const west = { ...cim, protocol: "WSMAN", authentication: "credssp", useSsl: true, port: 5986, discover: "never" };
	expect(readHostsConfig({ west }).west).toEqual({ ...west, protocol: "wsman", authentication: "CredSsp" });
});
