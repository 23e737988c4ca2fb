import { join } from "node:path";
import { beforeEach, expect } from "vitest";
import type { Host } from "../../provider/executor/host";
import { connectSimulator, type GroupOptions, type PairOptions, Simulator } from "../../provider/hosts/simulator";
import type { Bag } from "../../provider/lifecycle/arguments";
import { check } from "../../provider/lifecycle/check";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { hastyClock } from "../hastyClock";
import { temporaryFolder } from "../temporaryFolder";

/** Two simulated sites, new for each test. */
export let sites: Simulator;
/** What the engine was told under the resources of a test, and the warnings of it. */
export let heard: string[] = [];
export let warnings: string[] = [];

/** Registers the making of the sites with the file that calls it. */
export function useSites(
	pairs: readonly PairOptions[] = [{ source: "Orders", target: "Orders-DR" }],
	groups: readonly GroupOptions[] = [],
): void {
	beforeEach(async () => {
		sites = await Simulator.create(join(temporaryFolder("lifecycle"), "arrays.json"), { speed: 50, pairs, groups });
		heard = [];
		warnings = [];
	});
}

/** A provider process: one for each preview, update, refresh or destroy. `change` spoils the hosts that it reaches. */
export function session(change: (host: Host) => void = () => {}): Session {
	const log = new EngineLog(undefined);
	log.forResource = () => ({
		info: (text) => {
			heard.push(text);
		},
		warning: (text) => {
			heard.push(text);
			warnings.push(text);
		},
		fence: async () => {},
	});
	return new Session(hastyClock, log, (name) => {
		const host = connectSimulator({ name, file: sites.file });
		change(host);
		return host;
	});
}

/** What a program declares, with what the resource class and the SDK add. */
export const orders: Bag = {
	source: { host: "east", virtualDisk: "Orders" },
	target: { host: "west", virtualDisk: "Orders-DR" },
	resourceUrn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskReplication::orders",
	__provider: "text",
};

/** Arguments that pass check, as the next call gets them: the SDK's server puts the provider's text into every result. */
export async function inputsFor(more: Bag, olds: Bag = {}): Promise<Bag> {
	const { inputs, failures } = await check(session(), olds, { ...orders, ...more });
	expect(failures).toEqual([]);
	return { ...inputs, __provider: "text" };
}

/** What a call failed with; with properties where the state keeps some. */
export async function failureOf(
	run: Promise<unknown>,
): Promise<{ readonly message: string; readonly properties?: Bag }> {
	return run.then(
		() => ({ message: "no error" }),
		(error: unknown) => error as Error & { readonly properties?: Bag },
	);
}

export async function messageOf(run: Promise<unknown>): Promise<string> {
	return (await failureOf(run)).message;
}
