import { expect, test } from "vitest";
import type { PowerShellEntry } from "../../../provider/hosts/powershell";
import {
	environmentFor,
	launchOf,
	leavesOutModulePath,
	validateEntry,
} from "../../../provider/hosts/powershell/launch";
import { endBy } from "../../../provider/hosts/powershell/orphans";

test.each<[string, PowerShellEntry]>([
	["an address that is an option", { name: "x", kind: "ssh", address: "-oProxyCommand=sh" }],
	["an address with a blank", { name: "x", kind: "ssh", address: "a b" }],
	["an address with a command", { name: "x", kind: "ssh", address: "a;id" }],
	["an address with a user of its own", { name: "x", kind: "ssh", address: "root@a" }],
	["a user that is an option", { name: "x", kind: "ssh", address: "a", user: "-l" }],
	["a user with a substitution", { name: "x", kind: "ssh", address: "a", user: "$(id)" }],
	["an executable with arguments", { name: "x", kind: "ssh", address: "a", executable: "pwsh -c id" }],
	["a port out of range", { name: "x", kind: "ssh", address: "a", port: 70_000 }],
	["an empty address", { name: "x", kind: "ssh", address: "" }],
	["a computer name with a blank", { name: "x", kind: "cim", computerName: "a b" }],
])("refuses %s", (_name, entry) => {
	expect(() => validateEntry(entry)).toThrow(/^SR2007/);
});

test.each<PowerShellEntry>([
	{ name: "x", kind: "local" },
	{ name: "x", kind: "ssh", address: "mgmt-east.example.com", user: "LAB\\svc-repl", port: 22 },
	{ name: "x", kind: "ssh", address: "fe80::1%eth0", executable: "C:\\pwsh\\pwsh.exe" },
	{ name: "x", kind: "cim", computerName: "mgmt-west" },
])("accepts $kind", (entry) => {
	expect(() => validateEntry(entry)).not.toThrow();
});

test("a password is no part of how a process is started", () => {
	const entry: PowerShellEntry = {
		name: "x",
		kind: "cim",
		computerName: "west",
		credential: { username: "u", password: "CANARY" },
	};
	expect(JSON.stringify(launchOf(entry))).not.toContain("CANARY");
});

test("on Windows the system's own programs are started by their full path, where they are", () => {
	const windows = { platform: "win32", systemRoot: "C:\\Windows", exists: () => true } as const;
	const executableOf = (entry: PowerShellEntry, system: Parameters<typeof launchOf>[1]) =>
		launchOf(entry, system).executable;
	const [local, ssh] = [
		{ name: "x", kind: "local" },
		{ name: "x", kind: "ssh", address: "a" },
	] as const;
	expect(executableOf(local, windows)).toBe("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe");
	expect(executableOf(ssh, windows)).toBe("C:\\Windows\\System32\\OpenSSH\\ssh.exe");
	expect(executableOf({ ...local, executable: "pwsh" }, windows)).toBe("pwsh");
	expect(executableOf(ssh, { ...windows, exists: () => false })).toBe("ssh");
	expect(executableOf(local, { ...windows, platform: "linux" })).toBeUndefined();
});

test("PowerShell inherits neither Pulumi's secrets nor approvals; Windows PowerShell no module path of a pwsh above it", () => {
	const env = {
		PATH: "/bin",
		PULUMI_CONFIG_PASSPHRASE: "CANARY",
		Pulumi_Access_Token: "CANARY",
		STORAGE_REPLICATION_APPROVALS: "CANARY",
		PSModulePath: "modules",
	};
	const inherited = (executable: string | undefined, platform: NodeJS.Platform) =>
		Object.keys(environmentFor({ executable, options: {} }, { platform, env }));
	expect(inherited(undefined, "win32")).toEqual(["PATH"]);
	expect(inherited("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "win32")).toEqual(["PATH"]);
	expect(inherited("C:\\Program Files\\PowerShell\\7\\pwsh.exe", "win32")).toEqual(["PATH", "PSModulePath"]);
	expect(inherited(undefined, "linux")).toEqual(["PATH", "PSModulePath"]);
	const leftOut = (platform: NodeJS.Platform, has: NodeJS.ProcessEnv) =>
		leavesOutModulePath({ executable: undefined, options: {} }, { platform, env: has });
	expect([leftOut("win32", env), leftOut("linux", env), leftOut("win32", {})]).toEqual([true, false, false]);
});

test("a signal that Windows cannot send ends the process by its code", () => {
	const ended: unknown[] = [];
	const ending = (platform: NodeJS.Platform) => ({
		platform,
		pid: 7,
		kill: (...how: unknown[]): true => {
			ended.push(how);
			return true;
		},
		exit: (code: unknown) => ended.push(code) as never,
	});
	endBy("SIGTERM", ending("win32"));
	endBy("SIGTERM", ending("linux"));
	expect(ended).toEqual([143, [7, "SIGTERM"]]);
});
