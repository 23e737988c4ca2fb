import type * as z from "zod";
import { type Clock, systemClock } from "../../executor/clock";
import {
	type CallAnswer,
	type CapabilitiesRequest,
	type CreateReplicaRequest,
	type DiscoverAnswer,
	type DiscoverPolicy,
	defaultMaxConcurrent,
	type Host,
	type HostObservation,
	type JobFact,
	type SetRelationshipRequest,
	type Unread,
} from "../../executor/host";
import type { Capabilities } from "../../model/capabilities";
import { describeIssues, inOurWords } from "../../model/describeIssues";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { returnCode } from "../../model/returnCodes";
import * as answers from "./answers";
import { BridgeFailure } from "./bridgeFailure";
import { type CallPlace, describeException, isBusy, withFailure, withoutAnswer, withUnknownShape } from "./callErrors";
import { capabilitiesOf } from "./capabilities";
import { answered, type DiscoverEnd, endOf, endOfJob, unreadAfter, worstEnd } from "./discovery";
import { describeAddress, type PowerShellEntry } from "./entry";
import { meaningOf } from "./exceptions";
import type { RequestBody } from "./frames";
import { type GroupCallAnswer, groupCalls } from "./groupCalls";
import { affectedDisksOf, jobOf } from "./job";
import { validateEntry } from "./launch";
import { limits } from "./limits";
import { observationOf } from "./observation";
import { peerArguments } from "./peers";
import { PowerShellPool } from "./pool";
import { redactor } from "./redact";
import { closeSession, openProcess } from "./session";

/** A host behind PowerShell, and what only the doctor asks. */
export interface PowerShellHost extends Host {
	/** What the far side is and whether an update could run there. Does not change anything. */
	diagnose(): Promise<answers.DiagnoseAnswer & answers.ReadyAnswer>;
	/** The replication types and lists that an array advertises, as numbers. */
	advertised(request: CapabilitiesRequest): Promise<answers.CapabilitiesAnswer>;
	/** What `observe` is made of, as it came. */
	rows(): Promise<answers.ObserveAnswer>;
}

/**
 * The Storage Management API behind one entry of `storageReplication:hosts`. Nothing is started before the first call.
 * Throws at once if the entry cannot be used as it stands.
 */
export function connectPowerShell(entry: PowerShellEntry, options: { readonly clock?: Clock } = {}): PowerShellHost {
	validateEntry(entry);
	return new Bridge(entry, options.clock ?? systemClock);
}

class Bridge implements PowerShellHost {
	readonly name: string;
	readonly address: string;
	readonly discovers: DiscoverPolicy;
	readonly maxConcurrent: number;
	private readonly pool: PowerShellPool;
	private readonly requestTimeoutMs: number;
	private readonly capabilitiesByArray = new Map<string, Promise<Capabilities>>();
	private readonly redact: (text: string) => string;
	private ready: answers.ReadyAnswer | undefined;

	constructor(
		private readonly entry: PowerShellEntry,
		private readonly clock: Clock,
	) {
		this.name = entry.name;
		this.address = describeAddress(entry);
		this.discovers = entry.discover ?? "onDoubt";
		this.maxConcurrent = entry.maxConcurrent ?? defaultMaxConcurrent;
		this.redact = redactor(entry);
		this.requestTimeoutMs = entry.requestTimeoutMs ?? limits.requestTimeoutMs;
		const startTimeoutMs = entry.startTimeoutMs ?? limits.startTimeoutMs;
		this.pool = new PowerShellPool({
			start: async () => {
				const { process, ready } = await openProcess(entry, startTimeoutMs, this.requestTimeoutMs);
				this.ready = ready;
				return process;
			},
			leave: (process) => closeSession(entry, process),
			maxProcesses: entry.maxProcesses ?? limits.maxProcesses,
			queueTimeoutMs: this.requestTimeoutMs + startTimeoutMs,
			clock,
		});
	}

	async observe(): Promise<HostObservation> {
		const body = { command: "observe" };
		const first = await this.read("observing", body, answers.observeAnswer, (answer) => answer);
		const observation = observationOf(first);
		// Something that changed between two enumerations is whole a moment later, and so may be a line that broke.
		const lineBroke = first.unread.some(({ category }) => category === "ConnectionError");
		if (!lineBroke && observation.unread.every(({ hides }) => hides !== "relationship")) return observation;
		const renewSession = lineBroke && this.entry.kind === "cim";
		return this.read(
			"observing",
			renewSession ? { ...body, renewSession } : body,
			answers.observeAnswer,
			observationOf,
		);
	}

	async observeDisks(objectIds: readonly string[]): Promise<HostObservation | null> {
		const body = { command: "observeDisks", diskObjectIds: objectIds, keysLifeMs: limits.keysLifeMs };
		const answer = await this.read("observing", body, answers.observeDisksAnswer, (given) => given);
		if (!answer.found || answer.unread.length > 0) return null;
		const observation = observationOf(answer);
		return observation.unread.length === 0 ? observation : null;
	}

	capabilities(request: CapabilitiesRequest): Promise<Capabilities> {
		const key = `${request.of ?? "element"} ${request.replicationType} ${request.subsystem}`;
		let known = this.capabilitiesByArray.get(key);
		if (known === undefined) {
			known = this.advertised(request).then((answer) =>
				capabilitiesOf(answer, request.replicationType, this.place("reading capabilities", false)),
			);
			// Only answers are kept: a failure is asked again.
			known.catch(() => this.capabilitiesByArray.delete(key));
			this.capabilitiesByArray.set(key, known);
		}
		return known;
	}

	advertised(request: CapabilitiesRequest): Promise<answers.CapabilitiesAnswer> {
		const { subsystem, replicationType, of = "element" } = request;
		const body = { command: "capabilities", subsystem, replicationType, of };
		return this.read("reading capabilities", body, answers.capabilitiesAnswer, (answer) => answer);
	}

	setReplicationRelationship(request: SetRelationshipRequest): Promise<CallAnswer> {
		const { madePeer, ...call } = request;
		return this.change(`SetReplicationRelationship ${request.operation}`, {
			command: "setReplicationRelationship",
			...call,
			...peerArguments(madePeer),
		});
	}

	createReplica(request: CreateReplicaRequest): Promise<CallAnswer> {
		return this.change("CreateReplica", { command: "createReplica", ...request });
	}

	readonly groups = groupCalls((call, body) => this.change(call, body));

	async job(id: string): Promise<JobFact | null> {
		return this.read("reading a job", { command: "job", id }, answers.jobAnswer, ({ job }) => job && jobOf(job));
	}

	async affectedDisks(job: string): Promise<readonly string[]> {
		const body = { command: "affected", id: job };
		return this.read("reading what a job affects", body, answers.affectedAnswer, affectedDisksOf);
	}

	/** A refresh of the cache may be repeated; still it is sent once, because it is slow. */
	async discover(request: { readonly diskObjectId: string }): Promise<DiscoverAnswer> {
		const place = this.place("Discover", false);
		const raw = await this.ask(place, { command: "discover", ...request });
		const { cacheModes, ...said } = this.parsed(place, answers.discoverAnswer, raw);
		const reported = cacheModes.filter((mode) => mode !== null && mode !== 0);
		const cacheIsAutomatic = reported.length === 0 ? null : reported.every((mode) => mode === 1);
		const end = await this.endOfDiscover(said);
		if (end?.as === "failure") throw withFailure(place, { ok: false, ...end.failure });
		const answer = end?.answer ?? { returnCode: 8, jobId: null, message: "No storage provider knows the object." };
		return { ...answer, cacheIsAutomatic, severalProviders: cacheModes.length > 1 };
	}

	async discoverArrays(): Promise<readonly Unread[]> {
		const place = this.place("Discover", false);
		const raw = await this.ask(place, { command: "discoverArrays" });
		const { arrays } = this.parsed(place, answers.discoverArraysAnswer, raw);
		const unread = arrays.map(async (array) => unreadAfter(array.subsystem, await this.endOfDiscover(array)));
		return (await Promise.all(unread)).flat();
	}

	private async endOfDiscover({ serving, answers: said }: answers.Discoveries): Promise<DiscoverEnd | null> {
		return worstEnd(await Promise.all(said.map((each) => this.afterItsJob(endOf(each)))), serving);
	}

	private async afterItsJob(end: DiscoverEnd): Promise<DiscoverEnd> {
		if (end.as === "failure" || returnCode(end.answer.returnCode).class !== "job" || end.answer.jobId === null)
			return end;
		const startedMs = this.clock.monotonic();
		for (;;) {
			const ended = endOfJob(await this.job(end.answer.jobId), end.answer);
			if (ended !== null) return ended;
			if (this.clock.monotonic() - startedMs > limits.discoverMs)
				return answered(4096, `its job has run for ${limits.discoverMs / 60_000} minutes`, end.answer.jobId);
			await this.clock.sleep(limits.discoverPollMs);
		}
	}

	async ping(): Promise<{ readonly hostTime: string | null }> {
		return this.read("contacting", { command: "ping" }, answers.pingAnswer, (answer) => answer);
	}

	async diagnose(): Promise<answers.DiagnoseAnswer & answers.ReadyAnswer> {
		const facts = await this.read("diagnosing", { command: "diagnose" }, answers.diagnoseAnswer, (answer) => answer);
		return { ...facts, ...(this.ready ?? { version: "", edition: "", languageMode: "" }) };
	}

	rows(): Promise<answers.ObserveAnswer> {
		return this.read("observing", { command: "observe" }, answers.observeAnswer, (answer) => answer);
	}

	close(): Promise<void> {
		return this.pool.close();
	}

	/** Sent once, whatever happens. */
	private async change(call: string, body: RequestBody): Promise<GroupCallAnswer> {
		const place = this.place(call, true);
		const result = await this.answerTo(place, body);
		if (!result.ok && result.stage === "during") {
			const meaning = meaningOf(result);
			if (meaning.means === "refused")
				return { returnCode: meaning.returnCode, jobId: null, message: describeException(result) };
		}
		return this.parsed(place, answers.callAnswer, valueIn(place, result));
	}

	/** A read may be repeated, once: after its process died, on a new session where the old one may have dropped, or when the provider was busy. */
	private async read<T, R>(call: string, body: RequestBody, shape: z.ZodType<T>, use: (answer: T) => R): Promise<R> {
		const place = this.place(call, false);
		for (let attempt = 1; ; attempt++) {
			const last = attempt === 2;
			const renewSession = attempt > 1 && this.entry.kind === "cim";
			try {
				return use(this.parsed(place, shape, await this.ask(place, renewSession ? { ...body, renewSession } : body)));
			} catch (error) {
				if (last || !this.mayPass(error)) throw error;
				await this.clock.sleep(isBusy(error) ? limits.busyRetryMs : 0);
			}
		}
	}

	private mayPass(error: unknown): boolean {
		if (!(error instanceof ReplicationError)) return false;
		if (error.cause instanceof BridgeFailure) return error.cause.reason === "died";
		if (isBusy(error)) return true;
		return this.entry.kind === "cim" && error.code === errorCodes.hostUnreachable;
	}

	private async ask(place: CallPlace, body: RequestBody): Promise<unknown> {
		return valueIn(place, await this.answerTo(place, body));
	}

	private async answerTo(place: CallPlace, body: RequestBody): Promise<answers.Answer> {
		let raw: unknown;
		try {
			raw = await this.pool.run((process) => process.request(body, this.requestTimeoutMs));
		} catch (error) {
			if (error instanceof BridgeFailure) throw withoutAnswer(place, error);
			throw error;
		}
		const result = this.parsed(place, answers.answer, raw);
		if (result.ok) return result;
		const detail = result.detail === null ? null : this.redact(result.detail);
		return { ...result, message: this.redact(result.message), detail };
	}

	private parsed<T>(place: CallPlace, shape: z.ZodType<T>, value: unknown): T {
		const result = shape.safeParse(value, inOurWords);
		if (result.success) return result.data;
		throw withUnknownShape(place, describeIssues(result.error, "the answer"));
	}

	private place(call: string, changes: boolean): CallPlace {
		return { where: `host ${this.name} (${this.address})`, call, changes };
	}
}

/** The value of an answer; throws the error that says why there is none. */
function valueIn(place: CallPlace, answer: answers.Answer): unknown {
	if (!answer.ok) throw withFailure(place, answer);
	return answer.value;
}
