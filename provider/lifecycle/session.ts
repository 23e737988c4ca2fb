import * as z from "zod";
import type { Clock } from "../executor/clock";
import { type ConnectHost, Hosts } from "../executor/hosts";
import { connectHosts, readHostsConfig } from "../hosts/hostsConfig";
import type { Ledger } from "../ledger";
import { errorCodes } from "../model/errorCodes";
import type { PerEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Bag } from "./arguments";
import { Declarations } from "./declarations";
import type { EngineLog, ResourceLog } from "./engineLog";
import { openLedger } from "./openLedger";
import { Tally } from "./tally";

/** The stack's configuration, read by full key; `undefined` for a key that is not set. */
export type ReadConfig = (key: string) => string | undefined;

/**
 * What one provider process holds: it lives for one preview, update, refresh or destroy of one provider instance, and
 * remembers nothing afterwards.
 */
export class Session {
	readonly clock: Clock;
	readonly log: EngineLog;
	readonly declarations: Declarations;
	readonly tally = new Tally();
	/** Inputs of resources that are to be created, by URN: a replacement may have to ask for them before it ends the old one. */
	readonly toBeCreated = new Map<string, Bag>();
	/** Disks of resources that end before those that replace them are made, by URN: check is asked for the new one as if there were no old. */
	readonly endingPairs = new Map<string, PerEnd<string | null>>();
	/** The same of replication groups, by their ids. */
	readonly endingGroups = new Map<string, string>();
	/** Fires when the run is to end: then nothing further is issued. */
	readonly ending = new AbortController();
	/** The engine has ended this process: nobody hears it any more. */
	private isEnded = false;
	/** Updates under way; a process whose engine is gone ends when there are none. */
	underWay = 0;
	private readonly connect: ConnectHost | undefined;
	private readConfig: ReadConfig = () => undefined;
	private connected: Hosts | null = null;
	private opened: Promise<Ledger> | null = null;

	constructor(clock: Clock, log: EngineLog, connect?: ConnectHost) {
		this.clock = clock;
		this.log = log;
		this.connect = connect;
		this.declarations = new Declarations(log.address);
	}

	/**
	 * Called by the engine's side before anything else. It only keeps the reader: a concurrent first call may come
	 * before an asynchronous `configure` ended (measured), so nothing here waits and nothing is read before it is needed.
	 */
	configure(readConfig: ReadConfig): void {
		this.readConfig = readConfig;
	}

	get hosts(): Hosts {
		this.connected ??= new Hosts(
			this.connect ?? connectHosts(readHostsConfig(this.readConfig("storageReplication:hosts"))),
			this.clock,
		);
		return this.connected;
	}

	/**
	 * Tokens of `storageReplication:approvals`, a list: at 3 a.m. fifty relationships are approved in one place. And those
	 * of the environment: a saved plan refuses configuration that changed since (measured), so a pipeline gives them there.
	 */
	get approvals(): readonly string[] {
		return [
			...tokensIn(this.readConfig("storageReplication:approvals"), "storageReplication:approvals"),
			...tokensIn(process.env.STORAGE_REPLICATION_APPROVALS, "STORAGE_REPLICATION_APPROVALS"),
		];
	}

	/** The ledger that `storageReplication:journal` names; null: none is kept. */
	get ledger(): Promise<Ledger> | null {
		const place = this.readConfig("storageReplication:journal");
		if (place === undefined || place === "") return null;
		this.opened ??= openLedger(place, this.clock.now());
		return this.opened;
	}

	async close(): Promise<void> {
		this.declarations.close();
		await this.connected?.close();
	}

	/** The first Ctrl-C: what is on the wire is heard out, nothing follows it, and the engine stores how far it got. */
	cancel(): void {
		this.ending.abort();
	}

	/**
	 * The engine ends its providers by a signal: after a run, or in the middle of one at the second Ctrl-C. Then the call
	 * on the wire is not taken back, and no other follows it.
	 */
	end(): void {
		this.cancel();
		if (this.isEnded) return;
		this.isEnded = true;
		void this.summarize().finally(() => this.exitWhenIdle(0));
	}

	/** No provider method says that a run ends. The engine ends its providers while it still shows what they log (measured). */
	private async summarize(): Promise<void> {
		const summary = this.underWay > 0 ? null : this.tally.summary();
		if (summary === null) return;
		const log = this.log.forResource("");
		log.info(summary);
		await log.fence().catch(() => {});
	}

	/**
	 * A run has ended. If the engine is gone, or has ended this process, it was kept for that alone: nobody will hear the
	 * result, no call is on the wire, and the process would stay behind for good, PowerShell and all.
	 */
	async runEnded(log: Pick<ResourceLog, "fence">): Promise<void> {
		this.underWay--;
		await log.fence().catch(() => {});
		if (this.log.isGone || this.isEnded) this.exitWhenIdle(1);
	}

	/** Ends the process once no transition is under way. */
	exitWhenIdle(code: number): void {
		if (this.underWay > 0) return;
		this.declarations.close();
		setImmediate(() => process.exit(code));
	}
}

function tokensIn(text: string | undefined, name: string): readonly string[] {
	if (text === undefined || text === "") return [];
	const result = z.array(z.string()).safeParse(parsedOrSplit(text));
	if (result.success) return result.data;
	throw new ReplicationError({
		code: errorCodes.invalidHostsConfig,
		class: "user",
		what: `${name} is not a list of tokens.`,
		dataSafety: "yes, nothing was changed.",
		remedy: "give tokens separated by commas or blanks, or a JSON list of them.",
	});
}

/** A JSON list, or tokens separated by commas or blanks. */
function parsedOrSplit(text: string): unknown {
	if (!text.trimStart().startsWith("[")) return text.split(/[\s,]+/).filter((token) => token !== "");
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
