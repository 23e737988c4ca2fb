import { join } from "node:path";
import { SimulatedClock } from "../../provider/executor/clock";
import type { TransitionEvent } from "../../provider/executor/events";
import type { HostObservation, RelationshipFact } from "../../provider/executor/host";
import { Hosts } from "../../provider/executor/hosts";
import { hindranceOf, lookAt } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import { SeenAndStopped, type TransitionResult, TransitionStopped } from "../../provider/executor/transitionEnd";
import { type Wish, wishFor } from "../../provider/executor/wish";
import { connectSimulator, type PairOptions, type ProfileName, Simulator } from "../../provider/hosts/simulator";
import type { PerEnd } from "../../provider/model/relationship";
import { ReplicationError } from "../../provider/model/replicationError";
import type { Desired } from "../../provider/planner/situation";
import { temporaryFolder } from "../temporaryFolder";

/** Two simulated sites and one relationship on a clock that moves only when somebody sleeps; nothing really waits. */
export class Site {
	readonly clock = new SimulatedClock(1_000_000);
	readonly events: TransitionEvent[] = [];
	record: RelationshipRecord | null = null;
	/** What the engine does before every operation. */
	fence: () => Promise<void> = async () => {};
	/** What happens to the arrays at an event of the run, which waits for it. */
	onEvent: (event: TransitionEvent) => Promise<void> = async () => {};
	/** Through which hosts the ends are declared; one that no array lists sees both arrays. */
	hostNames: PerEnd<string> = { source: "east", target: "west" };
	private readonly wished: Partial<Wish>;

	private constructor(
		readonly sites: Simulator,
		wished: Partial<Wish>,
	) {
		this.wished = wished;
	}

	static async open(
		options: {
			readonly profile?: ProfileName;
			readonly wish?: Partial<Wish>;
			readonly hosts?: PerEnd<string>;
		} & Partial<PairOptions> = {},
	): Promise<Site> {
		const { profile, wish = {}, hosts, ...pair } = options;
		const file = join(temporaryFolder("site"), "arrays.json");
		let now = () => 1_000_000;
		const sites = await Simulator.create(file, {
			pairs: [{ source: "Orders", target: "Orders-DR", ...pair }],
			now: () => now(),
			...(profile === undefined ? {} : { profile }),
		});
		const site = new Site(sites, wish);
		if (hosts !== undefined) site.hostNames = hosts;
		now = () => site.arraysNow();
		return site;
	}

	request(desired: Desired, more: Partial<Wish> = {}): Request {
		const wish = wishFor(desired, { ...this.wished, ...more });
		return {
			declared: {
				ends: {
					source: { host: this.hostNames.source, virtualDisk: "Orders" },
					target: { host: this.hostNames.target, virtualDisk: "Orders-DR" },
				},
				lost: wish.lost,
				knownIds: this.record === null ? { source: null, target: null } : this.ids,
			},
			wish,
			record: this.record,
		};
	}

	/** The arrays' own clock, which nobody sets when ours is set. */
	private arraysNow(): number {
		return 1_000_000 + this.clock.monotonic();
	}

	/** What the hosts tell as their time: it starts with the site. */
	hostNow(): number {
		return this.clock.monotonic();
	}

	readonly ids = { source: "6000100000000001", target: "6000200000000001" };

	/** One run, as an update does it. What it returns or throws is remembered as the engine would. */
	async run(desired: Desired, more: Partial<Wish> = {}, signal?: AbortSignal): Promise<TransitionResult> {
		const hosts = this.hosts();
		try {
			const result = await runTransition(this.request(desired, more), {
				hosts,
				clock: this.clock,
				fence: () => this.fence(),
				report: (event) => {
					this.events.push(event);
					return this.onEvent(event);
				},
				signal,
			});
			this.record = result.record;
			return result;
		} catch (error) {
			if (error instanceof TransitionStopped || error instanceof SeenAndStopped) this.record = error.record;
			throw error;
		}
	}

	/** A run with the approval that its preview asks for, if it asks. */
	async runApproved(desired: Desired, more: Partial<Wish> = {}): Promise<TransitionResult> {
		const token = await this.token(desired, more);
		return this.run(desired, token === null ? more : { ...more, approvals: [token] });
	}

	async token(desired: Desired, more: Partial<Wish> = {}): Promise<string | null> {
		return (await this.look(desired, more)).token;
	}

	look(desired: Desired, more: Partial<Wish> = {}) {
		return lookAt(this.request(desired, more), this.hosts(), { freshness: "fresh", halves: "remove" });
	}

	async hindrance(desired: Desired, more: Partial<Wish> = {}): Promise<string | null> {
		const request = this.request(desired, more);
		return hindranceOf(await this.look(desired, more), request.wish)?.code ?? null;
	}

	/** From now on this is what the hosts report, whatever the arrays say. */
	seenThrough(change: (seen: HostObservation, host: string) => HostObservation): void {
		const { file } = this.sites;
		this.hosts = () =>
			new Hosts((name) => {
				const host = connectSimulator({ name, file, now: () => this.arraysNow() });
				const observe = host.observe.bind(host);
				host.observe = async () => change(await observe(), name);
				host.observeDisks = async (objectIds) => disksIn(await host.observe(), objectIds);
				return host;
			}, this.clock);
	}

	/** The same for the relationships alone. */
	seenAs(change: (link: RelationshipFact, host: string) => Partial<RelationshipFact>): void {
		this.seenThrough((seen, host) => ({
			...seen,
			relationships: seen.relationships.map((link) => ({ ...link, ...change(link, host) })),
		}));
	}

	hosts(): Hosts {
		const { file } = this.sites;
		return new Hosts((name) => connectSimulator({ name, file, now: () => this.arraysNow() }), this.clock);
	}

	/** Operations that took effect since `from`. */
	effective(from = 0): string[] {
		return this.sites
			.calls()
			.slice(from)
			.filter(({ effect }) => effect)
			.map(({ operation, method }) => operation ?? method);
	}

	/** All operations that the arrays received. */
	received(from = 0): string[] {
		return this.sites
			.calls()
			.slice(from)
			.map(({ operation, method }) => operation ?? method);
	}

	/** The state that the arrays are in once everything has settled. */
	async settled(): Promise<{ copyState: number; source: string } | null> {
		this.clock.advance(60_000);
		const relationship = this.sites.look().relationships[0];
		return relationship === undefined ? null : { copyState: relationship.copyState, source: relationship.source };
	}
}

/** The code of whatever a run stopped with. */
export async function codeOf(run: Promise<unknown>): Promise<string> {
	try {
		await run;
		return "no error";
	} catch (error) {
		if (error instanceof TransitionStopped) return error.reason.code;
		if (error instanceof ReplicationError) return error.code;
		throw error;
	}
}

/** What a host that shows this shows of some disks by key. */
function disksIn(seen: HostObservation, objectIds: readonly string[]): HostObservation | null {
	const disks = seen.disks.filter(({ objectId }) => objectIds.includes(objectId));
	const relationships = seen.relationships.filter(({ diskObjectId }) => objectIds.includes(diskObjectId));
	return disks.length < objectIds.length || seen.unread.length > 0 ? null : { ...seen, disks, relationships };
}
