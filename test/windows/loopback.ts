import { randomBytes } from "node:crypto";
import { hostname, tmpdir } from "node:os";
import { connectPowerShell, type PowerShellEntry } from "../../provider/hosts/powershell";
import { runScript } from "./runScript";
import type { Transcript } from "./transcript";

/** This machine over everything that a host can be reached by: WinRM by HTTP and HTTPS, with and without a password, ssh. */
export async function checkLoopback(transcript: Transcript): Promise<void> {
	const password = `aA1!${randomBytes(18).toString("base64")}`;
	const user = "srt-loopback";
	const FOLDER = process.env.RUNNER_TEMP ?? tmpdir();
	await runScript("loopback.ps1", { STEP: "on", FOLDER, LOOPBACK_USER: user, PASSWORD: password });
	// In a workgroup this name needs no TrustedHosts.
	const computerName = "localhost";
	const https = { kind: "cim", computerName, useSsl: true, authentication: "Negotiate" } as const;
	const credential = { username: `${process.env.COMPUTERNAME ?? hostname()}\\${user}`, password };
	await reach(transcript, { name: "http", kind: "cim", computerName });
	await reach(transcript, { name: "https", ...https });
	await reach(transcript, { name: "https with a password", ...https, credential });
	await reach(transcript, { name: "dcom", kind: "cim", computerName, protocol: "dcom" });
	await refuse(transcript, {
		name: "wrong password",
		...https,
		credential: { ...credential, password: "wrong canary" },
	});
	await refuse(transcript, { name: "a port without a listener", ...https, port: 5999 });
	await reach(transcript, { name: "ssh, shell cmd.exe", kind: "ssh", address: "srt-loopback" });
	await runScript("loopback.ps1", { STEP: "shell" });
	await reach(transcript, { name: "ssh, shell PowerShell", kind: "ssh", address: "srt-loopback" });
}

/** Everything that is read, over one way. */
export async function reach(transcript: Transcript, entry: PowerShellEntry): Promise<void> {
	const host = connectPowerShell(entry);
	try {
		const facts = await host.diagnose();
		const { disks, relationships, unread } = await host.observe();
		const seen = { facts, disks: disks.length, relationships: relationships.length, unread };
		transcript.expect(`${entry.name}: is reached and read`, facts.classFound && facts.methodFound, seen);
	} catch (error) {
		transcript.expect(`${entry.name}: is reached and read`, false, String(error));
	} finally {
		await host.close();
	}
}

/** A way that must fail as "not reached", and without the password. */
export async function refuse(transcript: Transcript, entry: PowerShellEntry): Promise<void> {
	const host = connectPowerShell(entry);
	try {
		await host.observe();
		transcript.expect(`${entry.name}: is refused`, false, "it was read");
	} catch (error) {
		const words = String(error);
		transcript.expect(`${entry.name}: is refused`, words.includes("SR4001") && !words.includes("canary"), words);
	} finally {
		await host.close();
	}
}
