import { afterAll, afterEach, beforeAll } from "vitest";
import type { PowerShellEntry, PowerShellHost } from "../../provider/hosts/powershell";
import { connectPowerShell } from "../../provider/hosts/powershell";
import { pwshPath, requirePwsh } from "./realPowerShell";
import { StandIn, type StandInState, twoArrays } from "./standIn";

const open: PowerShellHost[] = [];

afterEach(async () => {
	await Promise.all(open.splice(0).map((host) => host.close()));
});

/** An entry without its name, where the executable may be left to us. */
type Settings = {
	[K in PowerShellEntry["kind"]]: Omit<Extract<PowerShellEntry, { kind: K }>, "name">;
}[PowerShellEntry["kind"]];

/** A host on the real engine over a stand-in Windows. Closed after the test. */
export function lab(
	change: (state: StandInState) => void = () => {},
	settings: Settings = { kind: "local" },
): { readonly host: PowerShellHost; readonly standIn: StandIn } {
	const standIn = new StandIn(twoArrays(1, change)).use();
	return { host: connect(settings), standIn };
}

/** One host for all tests of a file, which give it a state each: a start takes longer than most of them. */
export function sharedLab(): (change?: (state: StandInState) => void) => ReturnType<typeof lab> {
	let shared: ReturnType<typeof lab> | undefined;
	beforeAll(() => {
		if (pwshPath === undefined) return;
		const host = connectPowerShell({ kind: "local", name: "lab", executable: requirePwsh(), requestTimeoutMs: 60_000 });
		shared = { host, standIn: new StandIn(twoArrays()).use() };
	});
	afterAll(() => shared?.host.close());
	return (change) => {
		if (shared === undefined) throw new Error("no PowerShell");
		shared.standIn.use().restart(twoArrays(1, change));
		return shared;
	};
}

/** Another host of the same stand-in. */
export function connect(settings: Settings = { kind: "local" }, name = "lab"): PowerShellHost {
	const executable = settings.executable ?? (settings.kind === "ssh" ? "pwsh" : requirePwsh());
	const host = connectPowerShell({ requestTimeoutMs: 60_000, ...settings, name, executable });
	open.push(host);
	return host;
}

/** The relationship as the disk on East sees it. */
export async function eastLink(host: PowerShellHost) {
	const { relationships } = await host.observe();
	const link = relationships.find(({ diskUniqueId }) => diskUniqueId === "UID-East-0000");
	if (link === undefined) throw new Error("no link of the disk on East");
	return link;
}

/** Sends one operation from East's disk. */
export async function operate(host: PowerShellHost, operation: number) {
	const { diskObjectId, peerUniqueId } = await eastLink(host);
	return host.setReplicationRelationship({ operation, diskObjectId, peerUniqueId, madePeer: null });
}

/** The facts of the error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<Error & { code?: string; facts?: { class: string } }> {
	try {
		await call;
	} catch (error) {
		return error as Error;
	}
	throw new Error("the call succeeded");
}
