import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SimulatedClock } from "../../provider/executor/clock";
import type { TransitionEvent } from "../../provider/executor/events";
import type { Host } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { type LookOptions, lookAt } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import type { TransitionResult } from "../../provider/executor/transitionEnd";
import { wishFor } from "../../provider/executor/wish";
import { connectSimulator, Simulator } from "../../provider/hosts/simulator";
import type { End } from "../../provider/model/relationship";
import type { Desired } from "../../provider/planner/situation";
import { temporaryFolder } from "../temporaryFolder";

export interface EstateOptions {
	readonly maxConcurrent?: number;
	/** Changes the connection to a host. */
	readonly alter?: (host: Host) => void;
	/** Whether the pairs are in relationships. */
	readonly related?: boolean;
}

/** Many relationships at the same two hosts, in one process, as an `up` has them; and what that asks of the hosts. */
export class Estate {
	readonly clock = new SimulatedClock(1_000_000);
	readonly names: readonly string[];
	private readonly records = new Map<string, RelationshipRecord>();
	readonly hosts: Hosts;

	private constructor(
		readonly sites: Simulator,
		count: number,
		{ maxConcurrent = 4, alter = () => {} }: EstateOptions,
	) {
		this.names = namesOf(count);
		this.hosts = new Hosts((name) => {
			const host = connectSimulator({ name, file: sites.file, maxConcurrent, now: () => this.clock.now() });
			alter(host);
			return host;
		}, this.clock);
	}

	static async open(count: number, options: EstateOptions = {}): Promise<Estate> {
		const file = join(temporaryFolder("estate"), "arrays.json");
		let now = () => 1_000_000;
		const { related = true } = options;
		const pairs = namesOf(count).map((source) => ({ source, target: `${source}-DR`, related }));
		const sites = await Simulator.create(file, { pairs, now: () => now() });
		const estate = new Estate(sites, count, options);
		now = () => estate.clock.now();
		return estate;
	}

	look(name: string, desired: Desired, freshness: LookOptions["freshness"] = "cached", lost: End | null = null) {
		return lookAt(this.request(name, desired, lost), this.hosts, { freshness });
	}

	/** What an `up` does: a look for the check of each, then all of their transitions. */
	async up(desired: Desired): Promise<TransitionResult[]> {
		for (const name of this.names) await this.look(name, desired);
		return Promise.all(this.names.map((name) => this.run(name, desired)));
	}

	async run(
		name: string,
		desired: Desired,
		approvals: readonly string[] = [],
		report: (event: TransitionEvent) => void = () => {},
	): Promise<TransitionResult> {
		const { hosts, clock } = this;
		const request = this.request(name, desired, null);
		const around = { hosts, clock, fence: async () => {}, report };
		const result = await runTransition({ ...request, wish: { ...request.wish, approvals } }, around);
		this.records.set(name, result.record);
		return result;
	}

	/** Readings that the hosts answered so far, with the number of rows of each. */
	readings(): { readonly host: string; readonly method: string; readonly rows: number }[] {
		const log = `${this.sites.file}.log`;
		if (!existsSync(log)) return [];
		const lines = readFileSync(log, "utf8").trimEnd().split("\n");
		return lines.map((line) => JSON.parse(line) as ReturnType<Estate["readings"]>[number]);
	}

	private request(name: string, desired: Desired, lost: End | null): Request {
		const record = this.records.get(name) ?? null;
		const { disks } = this.sites.look();
		const idOf = (disk: string) => disks.find((each) => each.name === disk)?.uniqueId ?? null;
		return {
			declared: {
				ends: { source: { host: "east", virtualDisk: name }, target: { host: "west", virtualDisk: `${name}-DR` } },
				lost,
				knownIds: record === null ? { source: null, target: null } : { source: idOf(name), target: idOf(`${name}-DR`) },
			},
			wish: wishFor(desired, { lost }),
			record,
		};
	}
}

function namesOf(count: number): string[] {
	return Array.from({ length: count }, (_, index) => `Disk-${index + 1}`);
}
