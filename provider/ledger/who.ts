import { hostname, userInfo } from "node:os";
import type { LineOf } from "./line";

export type Who = LineOf<"runStarted">["who"];
type Environment = Readonly<Record<string, string | undefined>>;

/** Who runs this process: a pipeline tells it in its environment, elsewhere it is the user of this machine. */
export function whoIn(environment: Environment): Who {
	const told = (name: string) => environment[name] ?? "";
	const orNull = (name: string) => environment[name] || null;
	// docs.github.com, Variables reference: default environment variables.
	if (told("GITHUB_ACTIONS") === "true") {
		const run = orNull("GITHUB_RUN_ID");
		const url = run === null ? null : `${told("GITHUB_SERVER_URL")}/${told("GITHUB_REPOSITORY")}/actions/runs/${run}`;
		return {
			from: "github",
			actor: told("GITHUB_ACTOR"),
			place: told("GITHUB_REPOSITORY"),
			run,
			url: withoutUser(url),
		};
	}
	// learn.microsoft.com, Azure Pipelines: predefined variables.
	if (told("TF_BUILD").toLowerCase() === "true") {
		const run = orNull("BUILD_BUILDID");
		const place = told("SYSTEM_TEAMPROJECT");
		const url =
			run === null ? null : `${told("SYSTEM_COLLECTIONURI")}${encodeURIComponent(place)}/_build/results?buildId=${run}`;
		return { from: "azure", actor: told("BUILD_REQUESTEDFOR"), place, run, url: withoutUser(url) };
	}
	// docs.gitlab.com, Predefined CI/CD variables.
	if (told("GITLAB_CI") === "true") {
		return {
			from: "gitlab",
			actor: told("GITLAB_USER_LOGIN"),
			place: told("CI_PROJECT_PATH"),
			run: orNull("CI_PIPELINE_ID"),
			url: withoutUser(orNull("CI_JOB_URL")),
		};
	}
	return { from: "machine", actor: userOf(environment), place: hostname(), run: null, url: null };
}

/** An address may carry a user and a password; one that is none is left out. */
function withoutUser(address: string | null): string | null {
	if (address === null || !URL.canParse(address)) return null;
	const url = new URL(address);
	url.username = "";
	url.password = "";
	return url.href;
}

/** An account without an entry of its own (a container's) has no name that the system could tell. */
function userOf(environment: Environment): string {
	try {
		return userInfo().username;
	} catch {
		return environment.USER ?? environment.USERNAME ?? "unknown";
	}
}
