/** Made by `npm run generate` from the OpenAPI document of the control plane. */

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["HealthController_alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["MetricsController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["HealthController_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artifacts/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file or a byte range of it */
        get: operations["ArtifactController_get"];
        /** Upload a file; its bytes must have the digest that names it */
        put: operations["ArtifactController_put"];
        post?: never;
        delete?: never;
        options?: never;
        /** Is this file stored, and how long is it? */
        head: operations["ArtifactController_head"];
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the audit ledger, newest first */
        get: operations["AuditController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/benchmarks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a benchmark */
        get: operations["BenchmarkController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/benchmarks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a benchmark; an ended one stays as it is */
        post: operations["BenchmarkController_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/commands/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a command and what the device answered */
        get: operations["DeviceCommandController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List compressions, newest first */
        get: operations["CompressionController_list"];
        put?: never;
        /** Make variants of a version; the result is a new version */
        post: operations["CompressionController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a compression */
        get: operations["CompressionController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a compression that waits or runs */
        post: operations["CompressionController_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a compression: server-sent events, resumable by Last-Event-ID, ending with the compression */
        get: operations["CompressionController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a compression made and measured: hamon.compress-report/1 */
        get: operations["CompressionController_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/report.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same report as a page */
        get: operations["CompressionController_reportPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-configs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the configurations that were sent, newest first */
        get: operations["DeviceConfigController_list"];
        put?: never;
        /** Send a configuration to all devices that a selector selects */
        post: operations["DeviceConfigController_push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-configs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a configuration, and how many devices are how far */
        get: operations["DeviceConfigController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-configs/{id}/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the devices that a configuration was sent to, and what became of it there */
        get: operations["DeviceConfigController_devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/device-configs/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what such a push would change on which devices; nothing is sent */
        post: operations["DeviceConfigController_plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List devices */
        get: operations["DeviceController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/benchmarks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the benchmarks of a device, newest first */
        get: operations["BenchmarkController_list"];
        put?: never;
        /** Have a device measure every variant of a version in its idle time */
        post: operations["BenchmarkController_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was asked of a device, newest first */
        get: operations["DeviceCommandController_list"];
        put?: never;
        /** Ask a device for its agent's log, or to restart its agent */
        post: operations["DeviceCommandController_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what a device is to use, and what it says of it */
        get: operations["DeviceConfigController_ofDevice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a device's events, newest first */
        get: operations["DeviceEventsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a device's telemetry windows, newest first */
        get: operations["WindowsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a device */
        get: operations["DeviceController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Set and remove labels */
        patch: operations["DeviceController_label"];
        trace?: never;
    };
    "/v1/devices/{id}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shut a device out for good: connection, key, desired state */
        post: operations["DeviceController_retire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}/unassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a model from a device */
        post: operations["UnassignmentController_unassign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List enrolment tokens */
        get: operations["EnrolmentTokenController_list"];
        put?: never;
        /** Make a token that lets devices in; it is shown in this answer only */
        post: operations["EnrolmentTokenController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an enrolment token: it no longer lets devices in */
        delete: operations["EnrolmentTokenController_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol a device by token and proof of its own key */
        post: operations["EnrolmentController_enrol"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolments/own": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell a device, by its own token, that it is enrolled */
        get: operations["EnrolmentController_own"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what a picture shows; it takes the place of what was said before for the same task */
        post: operations["FeedbackController_give"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fleet/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what the fleet allows, or what it allowed by a version */
        get: operations["FleetPolicyController_show"];
        /** Change what the fleet allows; with the version it was made of, only while that one holds */
        put: operations["FleetPolicyController_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fleet/policy/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of the policy, newest first */
        get: operations["FleetPolicyController_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inference/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer one frame with the cloud model: an image, or a little-endian float32 tensor (with form=SHA256, refused where it was made for another input) */
        post: operations["InferenceController_infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models */
        get: operations["ModelController_list"];
        put?: never;
        /** Create a model */
        post: operations["ModelController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a model */
        get: operations["ModelController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/cloud": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Choose the version that answers in the cloud */
        put: operations["ModelController_serve"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a model */
        get: operations["VersionController_list"];
        put?: never;
        /** Validate and store a version whose files are uploaded */
        post: operations["VersionController_push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a version */
        get: operations["VersionController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a rollout would put on which hardware class, and why */
        get: operations["ChoiceController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Release a validated version */
        post: operations["VersionController_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retire a version: no new rollout, cloud model or measurement; devices that run it keep it */
        post: operations["VersionRetirementController_retire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rollouts, newest first */
        get: operations["RolloutController_list"];
        put?: never;
        /** Start a rollout */
        post: operations["RolloutController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a rollout */
        get: operations["RolloutController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a rollout, sending touched devices back where asked */
        post: operations["RolloutController_abort"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the next stage begin */
        post: operations["RolloutController_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a rollout: server-sent events, resumable by Last-Event-ID, ending with the rollout */
        get: operations["RolloutController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/latecomers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices that match now and are neither in the rollout nor in a later one */
        get: operations["RolloutController_latecomers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the devices of a rollout in the order in which it reaches them */
        get: operations["RolloutController_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop widening */
        post: operations["RolloutController_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on after a pause */
        post: operations["RolloutController_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the pictures that devices sent, newest first */
        get: operations["SampleController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/samples/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what was answered about a picture, and what people say of it */
        get: operations["SampleController_show"];
        put?: never;
        post?: never;
        /** Delete a picture before its time, with what people said of it */
        delete: operations["SampleController_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/samples/{id}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture itself */
        get: operations["SampleController_picture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/samples/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Send a picture that a device kept and what is said of it, where the fleet's policy allows */
        put: operations["SampleController_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/samples/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the fleet lets the device that asks send */
        get: operations["SampleController_policy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell the server's time */
        get: operations["TimeController_now"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tokens that open the API, by name, without the tokens themselves */
        get: operations["AccessTokenController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    HealthController_alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    MetricsController_read: {
        parameters: {
            query?: never;
            header: {
                authorization: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    HealthController_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ArtifactController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ArtifactController_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        length: number;
                        /** @enum {string} */
                        schema: "hamon.artifact/1";
                        sha256: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ArtifactController_head: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    AuditController_list: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                after?: string;
                count?: "true" | "false";
                limit?: number;
                subject?: string;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            action: string;
                            actor: string;
                            /** Format: date-time */
                            at: string;
                            detail: {
                                [key: string]: unknown;
                            };
                            id: string;
                            subject: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.audit/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    BenchmarkController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        hardwareClass: string | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            step: string;
                            total: number;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        requestedAt: string;
                        results: {
                            bundle: string;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                            variant: string;
                        }[];
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    BenchmarkController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        hardwareClass: string | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            step: string;
                            total: number;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        requestedAt: string;
                        results: {
                            bundle: string;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                            variant: string;
                        }[];
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceCommandController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        kind: "logs" | "restart";
                        lines: string[] | null;
                        reason: {
                            /** @enum {string} */
                            code: "command-expired" | "command-replayed" | "disk-full" | "storage-error";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        requestedAt: string;
                        /** @enum {string} */
                        schema: "hamon.command/1";
                        /** @enum {string} */
                        state: "requested" | "accepted" | "succeeded" | "refused" | "expired" | "cancelled";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                id?: string;
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            attempts: number;
                            calibration: {
                                bytes: number;
                                samples: number;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            /** Format: date-time */
                            endedAt: string | null;
                            evaluation: {
                                bytes: number;
                                samples: number;
                            } | null;
                            /** Format: uuid */
                            id: string;
                            model: string;
                            progress: {
                                done: number;
                                phase: string;
                                text: string;
                                total: number;
                            } | null;
                            reason: {
                                code: string;
                                detail: string;
                            } | null;
                            recipe: {
                                [key: string]: unknown;
                            };
                            resultVersion: string;
                            sourceVersion: string;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.compressions/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    calibration?: {
                        length: number;
                        path: string;
                        sha256: string;
                    }[];
                    evaluation?: {
                        length: number;
                        path: string;
                        sha256: string;
                    }[];
                    model: string;
                    recipe: {
                        [key: string]: unknown;
                    };
                    resultVersion: string;
                    sourceVersion: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        attempts: number;
                        calibration: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        evaluation: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            phase: string;
                            text: string;
                            total: number;
                        } | null;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        recipe: {
                            [key: string]: unknown;
                        };
                        resultVersion: string;
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        sourceVersion: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        attempts: number;
                        calibration: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        evaluation: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            phase: string;
                            text: string;
                            total: number;
                        } | null;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        recipe: {
                            [key: string]: unknown;
                        };
                        resultVersion: string;
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        sourceVersion: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        attempts: number;
                        calibration: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        evaluation: {
                            bytes: number;
                            samples: number;
                        } | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            phase: string;
                            text: string;
                            total: number;
                        } | null;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        recipe: {
                            [key: string]: unknown;
                        };
                        resultVersion: string;
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        sourceVersion: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        kind: string;
                        /** @enum {string} */
                        schema: "hamon.compression-event/1";
                        seq: number;
                        text: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compress-report/1";
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    CompressionController_reportPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            config: {
                                [key: string]: unknown;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            createdBy: string;
                            devices: {
                                [key: string]: number;
                            };
                            digest: string;
                            /** Format: uuid */
                            id: string;
                            trialSeconds: number;
                            version: number;
                            where: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.device-configs/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_push: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    config: {
                        [key: string]: unknown;
                    } | null;
                    ifVersion?: number;
                    /** @default 120 */
                    trialSeconds?: number;
                    where: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        config: {
                            [key: string]: unknown;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        devices: {
                            [key: string]: number;
                        };
                        digest: string;
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        schema: "hamon.device-config-pushed/1";
                        trialSeconds: number;
                        unable: {
                            device: string;
                            why: string;
                        }[];
                        version: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        config: {
                            [key: string]: unknown;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        devices: {
                            [key: string]: number;
                        };
                        digest: string;
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        schema: "hamon.device-config-sent/1";
                        trialSeconds: number;
                        version: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_devices: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            assignedAt: string;
                            device: string;
                            reason: {
                                /** @enum {string} */
                                code: "config-malformed" | "config-unsigned" | "config-bad-signature" | "config-foreign-fleet" | "config-foreign-device" | "config-older" | "config-conflict" | "config-invalid" | "config-not-allowed" | "stream-not-up" | "boot-loop";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            reportedAt: string | null;
                            sequence: number;
                            /** @enum {string} */
                            state: "assigned" | "trial" | "applied" | "reverted" | "rejected" | "superseded" | "withdrawn";
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.device-config-devices/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_plan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    config: {
                        [key: string]: unknown;
                    } | null;
                    ifVersion?: number;
                    /** @default 120 */
                    trialSeconds?: number;
                    where: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        devices: {
                            changes: {
                                after: unknown;
                                before: unknown;
                                field: string;
                            }[];
                            device: string;
                            version: number | null;
                        }[];
                        digest: string;
                        /** @enum {string} */
                        schema: "hamon.device-config-plan/1";
                        unable: {
                            device: string;
                            why: string;
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            current: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            deployment: {
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                version: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                };
                            } | null;
                            desired: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            /** Format: date-time */
                            enrolledAt: string;
                            /** Format: uuid */
                            enrolmentToken: string;
                            facts: {
                                accelerators: string[];
                                agent: string;
                                arch: string;
                                cores: number;
                                memoryMb: number;
                                node: string;
                                onnxruntime: string;
                                platform: string;
                            };
                            hardwareClass: string;
                            health: {
                                code: string;
                                reason: string;
                                /** Format: date-time */
                                since: string | null;
                                /** @enum {string} */
                                word: "ok" | "idle" | "degraded" | "failing" | "offline";
                            };
                            id: string;
                            labels: {
                                [key: string]: string;
                            };
                            /** Format: date-time */
                            lastSeenAt: string | null;
                            models: {
                                candidate: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                } | null;
                                current: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                } | null;
                                deployment: {
                                    chunks: {
                                        have: number;
                                        total: number;
                                    };
                                    reason: {
                                        /** @enum {string} */
                                        code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                        detail: string;
                                    } | null;
                                    /** @enum {string} */
                                    state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                    version: {
                                        bundle: string;
                                        model: string;
                                        sequence: number;
                                        variant: string;
                                        version: string;
                                    };
                                } | null;
                                desired: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                } | null;
                                executionProvider?: string;
                                model: string;
                                previous: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                } | null;
                                rejection: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                            }[];
                            online: boolean;
                            pinnedKeyId: string | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            replacedAt: string | null;
                            retired: {
                                /** Format: date-time */
                                at: string;
                                why: string;
                            } | null;
                            /** @default null */
                            samples: {
                                bytes: number;
                                kept: number;
                                unsent: number;
                            } | null;
                            serverKeyId: string;
                            /** @default [] */
                            streams: {
                                detail?: string;
                                model: string | null;
                                name: string;
                                /** @enum {string} */
                                state?: "opening" | "running" | "failing";
                            }[];
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.devices/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    BenchmarkController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            device: string;
                            /** Format: date-time */
                            endedAt: string | null;
                            /** Format: date-time */
                            expiresAt: string;
                            hardwareClass: string | null;
                            /** Format: uuid */
                            id: string;
                            model: string;
                            progress: {
                                done: number;
                                step: string;
                                total: number;
                            } | null;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            requestedAt: string;
                            results: {
                                bundle: string;
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                } | null;
                                unfit: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                    detail: string;
                                } | null;
                                variant: string;
                            }[];
                            /** @enum {string} */
                            state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                            version: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.benchmarks/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    BenchmarkController_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 86400 */
                    expiresInSeconds?: number;
                    model: string;
                    /** @default {} */
                    plan?: {
                        /** @default 120 */
                        budgetSeconds?: number;
                        /** @default 3600 */
                        deadlineSeconds?: number;
                        /** @default 10 */
                        rounds?: number;
                        /** @default 50 */
                        runs?: number;
                        /** @default 64 */
                        samples?: number;
                        /** @default 20 */
                        warmupRuns?: number;
                    };
                    version: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        hardwareClass: string | null;
                        /** Format: uuid */
                        id: string;
                        model: string;
                        progress: {
                            done: number;
                            step: string;
                            total: number;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        requestedAt: string;
                        results: {
                            bundle: string;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                            variant: string;
                        }[];
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceCommandController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            device: string;
                            /** Format: date-time */
                            endedAt: string | null;
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            kind: "logs" | "restart";
                            lines: string[] | null;
                            reason: {
                                /** @enum {string} */
                                code: "command-expired" | "command-replayed" | "disk-full" | "storage-error";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            requestedAt: string;
                            /** @enum {string} */
                            state: "requested" | "accepted" | "succeeded" | "refused" | "expired" | "cancelled";
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.commands/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceCommandController_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default 600 */
                    expiresInSeconds?: number;
                    /** @enum {string} */
                    kind: "logs";
                    /** @default 200 */
                    lines?: number;
                } | {
                    /** @default 600 */
                    expiresInSeconds?: number;
                    /** @enum {string} */
                    kind: "restart";
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        kind: "logs" | "restart";
                        lines: string[] | null;
                        reason: {
                            /** @enum {string} */
                            code: "command-expired" | "command-replayed" | "disk-full" | "storage-error";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        requestedAt: string;
                        /** @enum {string} */
                        schema: "hamon.command/1";
                        /** @enum {string} */
                        state: "requested" | "accepted" | "succeeded" | "refused" | "expired" | "cancelled";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceConfigController_ofDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        desired: {
                            /** Format: date-time */
                            assignedAt: string;
                            config: {
                                [key: string]: unknown;
                            } | null;
                            digest: string;
                            /** Format: uuid */
                            id: string;
                            reason: {
                                /** @enum {string} */
                                code: "config-malformed" | "config-unsigned" | "config-bad-signature" | "config-foreign-fleet" | "config-foreign-device" | "config-older" | "config-conflict" | "config-invalid" | "config-not-allowed" | "stream-not-up" | "boot-loop";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            reportedAt: string | null;
                            sequence: number;
                            /** @enum {string} */
                            state: "assigned" | "trial" | "applied" | "reverted" | "rejected" | "superseded" | "withdrawn";
                            trialSeconds: number;
                            version: number;
                        } | null;
                        device: string;
                        former: {
                            /** Format: date-time */
                            assignedAt: string;
                            /** Format: uuid */
                            id: string;
                            reason: {
                                /** @enum {string} */
                                code: "config-malformed" | "config-unsigned" | "config-bad-signature" | "config-foreign-fleet" | "config-foreign-device" | "config-older" | "config-conflict" | "config-invalid" | "config-not-allowed" | "stream-not-up" | "boot-loop";
                                detail: string;
                            } | null;
                            /** Format: date-time */
                            reportedAt: string | null;
                            sequence: number;
                            /** @enum {string} */
                            state: "assigned" | "trial" | "applied" | "reverted" | "rejected" | "superseded" | "withdrawn";
                            version: number;
                        }[];
                        isAble: boolean;
                        reported: {
                            /** Format: date-time */
                            at: string;
                            ignored?: string[];
                            needsRestart?: string[];
                            reason: {
                                /** @enum {string} */
                                code: "config-malformed" | "config-unsigned" | "config-bad-signature" | "config-foreign-fleet" | "config-foreign-device" | "config-older" | "config-conflict" | "config-invalid" | "config-not-allowed" | "stream-not-up" | "boot-loop";
                                detail: string;
                            } | null;
                            sequence: number;
                            /** @enum {string} */
                            state: "trial" | "applied" | "reverted" | "rejected";
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.device-configuration/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceEventsController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            at: string;
                            detail: string;
                            device: string;
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            kind: "started" | "activated" | "committed" | "rolled-back" | "refused" | "manifest-rejected" | "command-rejected" | "worker-crashed" | "worker-hung" | "chunk-corrupt" | "disk-full" | "fallback-open" | "fallback-closed" | "records-dropped" | "source-unreadable" | "unassigned" | "config-applied" | "config-reverted" | "config-rejected" | "resource-refused";
                            model?: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            schema: "hamon.event/1";
                            stream?: string;
                            version: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.device-events/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    WindowsController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: unknown[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.windows/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        current: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        deployment: {
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            version: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            };
                        } | null;
                        desired: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        facts: {
                            accelerators: string[];
                            agent: string;
                            arch: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            platform: string;
                        };
                        hardwareClass: string;
                        health: {
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                        };
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        models: {
                            candidate: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            current: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            deployment: {
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                version: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                };
                            } | null;
                            desired: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            executionProvider?: string;
                            model: string;
                            previous: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        }[];
                        online: boolean;
                        pinnedKeyId: string | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @default null */
                        samples: {
                            bytes: number;
                            kept: number;
                            unsent: number;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        serverKeyId: string;
                        /** @default [] */
                        streams: {
                            detail?: string;
                            model: string | null;
                            name: string;
                            /** @enum {string} */
                            state?: "opening" | "running" | "failing";
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceController_label: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    labels: {
                        [key: string]: string | null;
                    };
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        current: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        deployment: {
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            version: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            };
                        } | null;
                        desired: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        facts: {
                            accelerators: string[];
                            agent: string;
                            arch: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            platform: string;
                        };
                        hardwareClass: string;
                        health: {
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                        };
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        models: {
                            candidate: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            current: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            deployment: {
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                version: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                };
                            } | null;
                            desired: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            executionProvider?: string;
                            model: string;
                            previous: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        }[];
                        online: boolean;
                        pinnedKeyId: string | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @default null */
                        samples: {
                            bytes: number;
                            kept: number;
                            unsent: number;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        serverKeyId: string;
                        /** @default [] */
                        streams: {
                            detail?: string;
                            model: string | null;
                            name: string;
                            /** @enum {string} */
                            state?: "opening" | "running" | "failing";
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    DeviceController_retire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        current: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        deployment: {
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            version: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            };
                        } | null;
                        desired: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        facts: {
                            accelerators: string[];
                            agent: string;
                            arch: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            platform: string;
                        };
                        hardwareClass: string;
                        health: {
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                        };
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        models: {
                            candidate: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            current: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            deployment: {
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                version: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                };
                            } | null;
                            desired: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            executionProvider?: string;
                            model: string;
                            previous: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        }[];
                        online: boolean;
                        pinnedKeyId: string | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @default null */
                        samples: {
                            bytes: number;
                            kept: number;
                            unsent: number;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        serverKeyId: string;
                        /** @default [] */
                        streams: {
                            detail?: string;
                            model: string | null;
                            name: string;
                            /** @enum {string} */
                            state?: "opening" | "running" | "failing";
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    UnassignmentController_unassign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: string;
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        current: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        deployment: {
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            version: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            };
                        } | null;
                        desired: {
                            bundle: string;
                            model: string;
                            sequence: number;
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        facts: {
                            accelerators: string[];
                            agent: string;
                            arch: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            platform: string;
                        };
                        hardwareClass: string;
                        health: {
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                        };
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        models: {
                            candidate: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            current: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            deployment: {
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                version: {
                                    bundle: string;
                                    model: string;
                                    sequence: number;
                                    variant: string;
                                    version: string;
                                };
                            } | null;
                            desired: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            executionProvider?: string;
                            model: string;
                            previous: {
                                bundle: string;
                                model: string;
                                sequence: number;
                                variant: string;
                                version: string;
                            } | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        }[];
                        online: boolean;
                        pinnedKeyId: string | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @default null */
                        samples: {
                            bytes: number;
                            kept: number;
                            unsent: number;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        serverKeyId: string;
                        /** @default [] */
                        streams: {
                            detail?: string;
                            model: string | null;
                            name: string;
                            /** @enum {string} */
                            state?: "opening" | "running" | "failing";
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    EnrolmentTokenController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                id?: string;
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: uuid */
                            id: string;
                            labels: {
                                [key: string]: string;
                            };
                            replaces: string | null;
                            /** Format: date-time */
                            revokedAt: string | null;
                            token?: string;
                            usesLeft: number;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.enrolment-tokens/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    EnrolmentTokenController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default {} */
                    labels?: {
                        [key: string]: string;
                    };
                    replaces?: string;
                    ttlSeconds: number;
                    uses: number;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: uuid */
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        replaces: string | null;
                        /** Format: date-time */
                        revokedAt: string | null;
                        /** @enum {string} */
                        schema: "hamon.enrolment-token/1";
                        token?: string;
                        usesLeft: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    EnrolmentTokenController_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: uuid */
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        replaces: string | null;
                        /** Format: date-time */
                        revokedAt: string | null;
                        /** @enum {string} */
                        schema: "hamon.enrolment-token/1";
                        token?: string;
                        usesLeft: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    EnrolmentController_enrol: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    device?: string;
                    facts: {
                        accelerators: string[];
                        agent: string;
                        arch: string;
                        cores: number;
                        memoryMb: number;
                        node: string;
                        onnxruntime: string;
                        platform: string;
                    };
                    proof: string;
                    publicKey: {
                        alg?: string;
                        /** @enum {string} */
                        crv: "Ed25519";
                        kid?: string;
                        /** @enum {string} */
                        kty: "OKP";
                        use?: string;
                        x: string;
                    };
                    token: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        fleet: string;
                        manifestKey: {
                            alg?: string;
                            /** @enum {string} */
                            crv: "Ed25519";
                            kid?: string;
                            /** @enum {string} */
                            kty: "OKP";
                            use?: string;
                            x: string;
                        };
                        mqttPassword?: string;
                        mqttUrl: string;
                        /** @enum {string} */
                        schema: "hamon.enrolment/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    EnrolmentController_own: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device: string;
                        fleet: string;
                        manifestKey: {
                            alg?: string;
                            /** @enum {string} */
                            crv: "Ed25519";
                            kid?: string;
                            /** @enum {string} */
                            kty: "OKP";
                            use?: string;
                            x: string;
                        };
                        mqttPassword?: string;
                        mqttUrl: string;
                        /** @enum {string} */
                        schema: "hamon.enrolment/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    FeedbackController_give: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    annotator?: string;
                    record?: {
                        device: string;
                        /** Format: uuid */
                        id: string;
                        stream: string;
                    };
                    /** Format: uuid */
                    sample?: string;
                    truth: {
                        label: string;
                        /** @enum {string} */
                        task: "classification";
                    } | {
                        boxes: {
                            box: {
                                height: number;
                                width: number;
                                x: number;
                                y: number;
                            };
                            label: string;
                        }[];
                        /** @enum {string} */
                        task: "detection";
                    } | {
                        labels: string[];
                        mask: {
                            height: number;
                            rle: number[];
                            width: number;
                        };
                        /** @enum {string} */
                        task: "segmentation";
                    } | {
                        fault?: string;
                        isAnomalous: boolean;
                        mask?: {
                            height: number;
                            rle: number[];
                            width: number;
                        };
                        /** @enum {string} */
                        task: "anomaly";
                    } | {
                        /** @enum {string} */
                        task: "regression";
                        values: {
                            [key: string]: number;
                        };
                    };
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        annotator: string | null;
                        /** Format: date-time */
                        at: string;
                        by: string;
                        /** Format: uuid */
                        sample: string;
                        /** @enum {string} */
                        schema: "hamon.feedback/1";
                        task: string;
                        truth: {
                            label: string;
                            /** @enum {string} */
                            task: "classification";
                        } | {
                            boxes: {
                                box: {
                                    height: number;
                                    width: number;
                                    x: number;
                                    y: number;
                                };
                                label: string;
                            }[];
                            /** @enum {string} */
                            task: "detection";
                        } | {
                            labels: string[];
                            mask: {
                                height: number;
                                rle: number[];
                                width: number;
                            };
                            /** @enum {string} */
                            task: "segmentation";
                        } | {
                            fault?: string;
                            isAnomalous: boolean;
                            mask?: {
                                height: number;
                                rle: number[];
                                width: number;
                            };
                            /** @enum {string} */
                            task: "anomaly";
                        } | {
                            /** @enum {string} */
                            task: "regression";
                            values: {
                                [key: string]: number;
                            };
                        };
                        words: string[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    FleetPolicyController_show: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        changedAt: string | null;
                        changedBy: string | null;
                        samples: {
                            /** @default 10737418240 */
                            maxBytes: number;
                            /** @default 52428800 */
                            maxBytesPerDeviceDay: number;
                            /** @default 30 */
                            retentionDays: number;
                            /** @default false */
                            upload: boolean;
                        };
                        /** @enum {string} */
                        schema: "hamon.fleet-policy/1";
                        version: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    FleetPolicyController_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    changedAt?: string | null;
                    changedBy?: string | null;
                    samples: {
                        /** @default 10737418240 */
                        maxBytes?: number;
                        /** @default 52428800 */
                        maxBytesPerDeviceDay?: number;
                        /** @default 30 */
                        retentionDays?: number;
                        /** @default false */
                        upload?: boolean;
                    };
                    /** @enum {string} */
                    schema: "hamon.fleet-policy/1";
                    version?: number;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        changedAt: string | null;
                        changedBy: string | null;
                        samples: {
                            /** @default 10737418240 */
                            maxBytes: number;
                            /** @default 52428800 */
                            maxBytesPerDeviceDay: number;
                            /** @default 30 */
                            retentionDays: number;
                            /** @default false */
                            upload: boolean;
                        };
                        /** @enum {string} */
                        schema: "hamon.fleet-policy/1";
                        version: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    FleetPolicyController_versions: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            changedAt: string | null;
                            changedBy: string | null;
                            samples: {
                                /** @default 10737418240 */
                                maxBytes: number;
                                /** @default 52428800 */
                                maxBytesPerDeviceDay: number;
                                /** @default 30 */
                                retentionDays: number;
                                /** @default false */
                                upload: boolean;
                            };
                            version: number;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.fleet-policies/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    InferenceController_infer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "image/jpeg": string;
                "image/png": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        frame: {
                            height: number;
                            width: number;
                        };
                        latencyMs: number;
                        model: string;
                        output: {
                            confidence: number;
                            label: string;
                            probabilities: number[];
                        } | {
                            candidatesCut?: number;
                            detections: {
                                box: {
                                    height: number;
                                    width: number;
                                    x: number;
                                    y: number;
                                };
                                confidence: number;
                                label: string;
                            }[];
                        } | {
                            mask: {
                                height: number;
                                rle: number[];
                                width: number;
                            };
                            regions: {
                                area: number;
                                box: {
                                    height: number;
                                    width: number;
                                    x: number;
                                    y: number;
                                };
                                label: string;
                            }[];
                            shares: {
                                [key: string]: number;
                            };
                        } | {
                            isAnomalous: boolean;
                            regions: {
                                box: {
                                    height: number;
                                    width: number;
                                    x: number;
                                    y: number;
                                };
                                score: number;
                            }[];
                            score: number;
                        } | {
                            values: {
                                [key: string]: number;
                            };
                        };
                        /** @enum {string} */
                        schema: "hamon.result/2";
                        /** @enum {string} */
                        source: "edge" | "cloud";
                        /** @enum {string} */
                        task: "classification" | "detection" | "segmentation" | "anomaly" | "regression";
                        variant: string;
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ModelController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            cloud: {
                                variant: string;
                                version: string;
                            } | null;
                            /** Format: date-time */
                            createdAt: string;
                            name: string;
                            task: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.models/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ModelController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    task: "classification" | "detection" | "segmentation" | "anomaly" | "regression";
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cloud: {
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        name: string;
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        task: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ModelController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cloud: {
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        name: string;
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        task: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ModelController_serve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default fp32 */
                    variant?: string;
                    version: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cloud: {
                            variant: string;
                            version: string;
                        } | null;
                        /** Format: date-time */
                        createdAt: string;
                        name: string;
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        task: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    VersionController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            labels: string[];
                            model: string;
                            profiles?: {
                                device: string | null;
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                };
                                hardwareClass: string;
                                /** Format: date-time */
                                measuredAt: string;
                                /** @enum {string} */
                                source: "compression" | "device";
                                variant: string;
                            }[];
                            provenance?: {
                                /** Format: date-time */
                                createdAt: string;
                                machine: {
                                    cpu: string;
                                    facts: {
                                        accelerators: string[];
                                        agent: string;
                                        arch: string;
                                        cores: number;
                                        memoryMb: number;
                                        node: string;
                                        onnxruntime: string;
                                        platform: string;
                                    };
                                    hardwareClass: string;
                                };
                                model: string;
                                provenance: {
                                    calibration?: {
                                        samples: number;
                                        sha256: string;
                                    };
                                    evaluation?: {
                                        samples: number;
                                        sha256: string;
                                    };
                                    input: {
                                        bytes: number;
                                        file: string;
                                        sha256: string;
                                    };
                                    recipe: {
                                        [key: string]: unknown;
                                    };
                                    recipeSha256: string;
                                    tools: {
                                        [key: string]: string;
                                    };
                                };
                                selection: {
                                    /** @enum {string} */
                                    kind: "chosen" | "unmeasured" | "none";
                                    variant?: string;
                                };
                                variants: {
                                    evaluation?: {
                                        accuracy?: number;
                                        agreement?: number;
                                        balancedAccuracy?: number;
                                        quality?: {
                                            figures: {
                                                [key: string]: number;
                                            };
                                            metric: string;
                                            value: number;
                                        };
                                        samples: number;
                                    };
                                    figures: {
                                        accuracy?: number;
                                        agreement?: number;
                                        allThreads?: {
                                            p50Ms: number;
                                            p95Ms: number;
                                            runs: number;
                                            threads: number;
                                        };
                                        bytes: number;
                                        loadMs: number;
                                        oneThread: {
                                            p50Ms: number;
                                            p95Ms: number;
                                            runs: number;
                                            threads: number;
                                        };
                                        outputError?: number;
                                        quality?: {
                                            metric: string;
                                            value: number;
                                        };
                                        rssMb: number;
                                        samples: number;
                                    };
                                    file: string;
                                    macs?: number;
                                    name: string;
                                    sha256: string;
                                }[];
                                version: string;
                            } | null;
                            /** Format: date-time */
                            releasedAt: string | null;
                            retired: {
                                /** Format: date-time */
                                at: string;
                                why: string;
                            } | null;
                            /** @enum {string} */
                            state: "draft" | "validated" | "released" | "retired";
                            unfit?: {
                                device: string;
                                hardwareClass: string;
                                /** Format: date-time */
                                measuredAt: string;
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                    detail: string;
                                };
                                variant: string;
                            }[];
                            /** Format: date-time */
                            validatedAt: string | null;
                            variants: {
                                bundle: string;
                                lengthBytes: number;
                                modelBytes: number;
                                name: string;
                            }[];
                            version: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.versions/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    VersionController_push: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    bundle: {
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                label: string;
                                probabilities: number[];
                                tolerance: number;
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            /** @enum {string} */
                            activation: "none" | "softmax" | "sigmoid";
                            labels: string[];
                            name: string;
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/1";
                        /** @enum {string} */
                        task: "classification";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    label: string;
                                    probabilities: number[];
                                    tolerance: number;
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    } | ({
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                label: string;
                                probabilities: number[];
                                tolerance: number;
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            /** @enum {string} */
                            activation: "none" | "softmax" | "sigmoid";
                            labels: string[];
                            name: string;
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/2";
                        /** @enum {string} */
                        task: "classification";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    label: string;
                                    probabilities: number[];
                                    tolerance: number;
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    } | {
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                detections: {
                                    box: {
                                        height: number;
                                        width: number;
                                        x: number;
                                        y: number;
                                    };
                                    confidence: number;
                                    label: string;
                                }[];
                                tolerance: number;
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            /** @enum {string} */
                            format: "yolo";
                            /** @default 0.45 */
                            iou?: number;
                            labels: string[];
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            name: string;
                            /**
                             * @default none
                             * @enum {string}
                             */
                            scoreActivation?: "none" | "sigmoid" | "softmax";
                            threshold: number | number[];
                        } | {
                            /** @enum {string} */
                            format: "yolo-objectness";
                            /** @default 0.45 */
                            iou?: number;
                            labels: string[];
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            name: string;
                            /**
                             * @default none
                             * @enum {string}
                             */
                            scoreActivation?: "none" | "sigmoid" | "softmax";
                            threshold: number | number[];
                        } | {
                            /**
                             * @default none
                             * @enum {string}
                             */
                            background?: "first" | "last" | "none";
                            boxes: string;
                            /**
                             * @default unit
                             * @enum {string}
                             */
                            coordinates?: "pixels" | "unit";
                            /**
                             * @default xyxy
                             * @enum {string}
                             */
                            encoding?: "cxcywh" | "xyxy" | "yxyx" | "xywh";
                            /** @enum {string} */
                            format: "ssd";
                            /** @default 0.45 */
                            iou?: number;
                            labels: string[];
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            /**
                             * @default none
                             * @enum {string}
                             */
                            scoreActivation?: "none" | "sigmoid" | "softmax";
                            scores: string;
                            threshold: number | number[];
                        } | {
                            /**
                             * @default last
                             * @enum {string}
                             */
                            background?: "last" | "none";
                            boxes: string;
                            /** @enum {string} */
                            format: "detr";
                            iou?: number;
                            labels: string[];
                            logits: string;
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            /**
                             * @default softmax
                             * @enum {string}
                             */
                            scoreActivation?: "softmax" | "sigmoid";
                            threshold: number | number[];
                        } | {
                            /** @enum {string} */
                            format: "yolox";
                            /** @default 0.45 */
                            iou?: number;
                            labels: string[];
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            name: string;
                            /**
                             * @default none
                             * @enum {string}
                             */
                            scoreActivation?: "none" | "sigmoid" | "softmax";
                            /**
                             * @default [
                             *       8,
                             *       16,
                             *       32
                             *     ]
                             */
                            strides?: number[];
                            threshold: number | number[];
                        } | {
                            boxes?: string;
                            classes?: string;
                            /**
                             * @default pixels
                             * @enum {string}
                             */
                            coordinates?: "pixels" | "unit";
                            count?: string;
                            /**
                             * @default xyxy
                             * @enum {string}
                             */
                            encoding?: "cxcywh" | "xyxy" | "yxyx" | "xywh";
                            /** @default 0 */
                            firstLabel?: 0 | 1;
                            /** @enum {string} */
                            format: "end-to-end";
                            iou?: number;
                            labels: string[];
                            /** @default 3000 */
                            maxCandidates?: number;
                            /** @default 100 */
                            maxDetections?: number;
                            name?: string;
                            /**
                             * @default none
                             * @enum {string}
                             */
                            scoreActivation?: "none" | "sigmoid" | "softmax";
                            scores?: string;
                            threshold: number | number[];
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/2";
                        /** @enum {string} */
                        task: "detection";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    detections: {
                                        box: {
                                            height: number;
                                            width: number;
                                            x: number;
                                            y: number;
                                        };
                                        confidence: number;
                                        label: string;
                                    }[];
                                    tolerance: number;
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    } | {
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                mask?: {
                                    height: number;
                                    rle: number[];
                                    width: number;
                                };
                                shares: {
                                    [key: string]: number;
                                };
                                tolerance: number;
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            /**
                             * @default none
                             * @enum {string}
                             */
                            activation?: "none" | "softmax" | "sigmoid";
                            /** @default 0 */
                            background?: number | null;
                            labels: string[];
                            /** @default 0 */
                            minArea?: number;
                            name: string;
                            threshold?: number;
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/2";
                        /** @enum {string} */
                        task: "segmentation";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    mask?: {
                                        height: number;
                                        rle: number[];
                                        width: number;
                                    };
                                    shares: {
                                        [key: string]: number;
                                    };
                                    tolerance: number;
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    } | {
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                isAnomalous?: boolean;
                                score: number;
                                tolerance: number;
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            map?: string;
                            maximum: number;
                            minimum: number;
                            score?: string;
                            threshold: number;
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/2";
                        /** @enum {string} */
                        task: "anomaly";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    isAnomalous?: boolean;
                                    score: number;
                                    tolerance: number;
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    } | {
                        baseline?: string;
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        golden?: {
                            expect?: {
                                tolerance: number | {
                                    [key: string]: number;
                                };
                                values: {
                                    [key: string]: number;
                                };
                            };
                            file: string;
                        }[];
                        input: {
                            channels: 1 | 3;
                            constants?: {
                                [key: string]: number[];
                            };
                            /** @enum {string} */
                            dtype: "float32" | "float16" | "uint8";
                            height: number;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            mean?: number[];
                            name: string;
                            /** @enum {string} */
                            order?: "rgb" | "bgr";
                            pad?: number;
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale?: number;
                            std?: number[];
                            width: number;
                        };
                        model: string;
                        output: {
                            name: string;
                            values: {
                                maximum?: number;
                                minimum?: number;
                                name: string;
                                /** @default 0 */
                                offset?: number;
                                /** @default 1 */
                                scale?: number;
                                unit: string;
                            }[];
                        };
                        /** @enum {string} */
                        schema: "hamon.bundle/2";
                        /** @enum {string} */
                        task: "regression";
                        variants: {
                            file: string;
                            golden?: {
                                expect?: {
                                    tolerance: number | {
                                        [key: string]: number;
                                    };
                                    values: {
                                        [key: string]: number;
                                    };
                                };
                                file: string;
                            }[];
                            name: string;
                        }[];
                        version: string;
                    });
                    files: {
                        length: number;
                        path: string;
                        sha256: string;
                    }[];
                    report?: {
                        /** Format: date-time */
                        createdAt: string;
                        machine: {
                            cpu: string;
                            facts: {
                                accelerators: string[];
                                agent: string;
                                arch: string;
                                cores: number;
                                memoryMb: number;
                                node: string;
                                onnxruntime: string;
                                platform: string;
                            };
                            hardwareClass: string;
                        };
                        model: string;
                        provenance: {
                            calibration?: {
                                samples: number;
                                sha256: string;
                            };
                            evaluation?: {
                                samples: number;
                                sha256: string;
                            };
                            input: {
                                bytes: number;
                                file: string;
                                sha256: string;
                            };
                            recipe: {
                                [key: string]: unknown;
                            };
                            recipeSha256: string;
                            tools: {
                                [key: string]: string;
                            };
                        };
                        selection: {
                            /** @enum {string} */
                            kind: "chosen" | "unmeasured" | "none";
                            variant?: string;
                        };
                        variants: {
                            evaluation?: {
                                accuracy?: number;
                                agreement?: number;
                                balancedAccuracy?: number;
                                quality?: {
                                    figures: {
                                        [key: string]: number;
                                    };
                                    metric: string;
                                    value: number;
                                };
                                samples: number;
                            };
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            };
                            file: string;
                            macs?: number;
                            name: string;
                            sha256: string;
                        }[];
                        version: string;
                    };
                    version: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        labels: string[];
                        model: string;
                        profiles?: {
                            device: string | null;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            };
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            variant: string;
                        }[];
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            machine: {
                                cpu: string;
                                facts: {
                                    accelerators: string[];
                                    agent: string;
                                    arch: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    platform: string;
                                };
                                hardwareClass: string;
                            };
                            model: string;
                            provenance: {
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                                input: {
                                    bytes: number;
                                    file: string;
                                    sha256: string;
                                };
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                            };
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                            variants: {
                                evaluation?: {
                                    accuracy?: number;
                                    agreement?: number;
                                    balancedAccuracy?: number;
                                    quality?: {
                                        figures: {
                                            [key: string]: number;
                                        };
                                        metric: string;
                                        value: number;
                                    };
                                    samples: number;
                                };
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                };
                                file: string;
                                macs?: number;
                                name: string;
                                sha256: string;
                            }[];
                            version: string;
                        } | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        unfit?: {
                            device: string;
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                            variant: string;
                        }[];
                        /** Format: date-time */
                        validatedAt: string | null;
                        variants: {
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                            name: string;
                        }[];
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    VersionController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        labels: string[];
                        model: string;
                        profiles?: {
                            device: string | null;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            };
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            variant: string;
                        }[];
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            machine: {
                                cpu: string;
                                facts: {
                                    accelerators: string[];
                                    agent: string;
                                    arch: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    platform: string;
                                };
                                hardwareClass: string;
                            };
                            model: string;
                            provenance: {
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                                input: {
                                    bytes: number;
                                    file: string;
                                    sha256: string;
                                };
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                            };
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                            variants: {
                                evaluation?: {
                                    accuracy?: number;
                                    agreement?: number;
                                    balancedAccuracy?: number;
                                    quality?: {
                                        figures: {
                                            [key: string]: number;
                                        };
                                        metric: string;
                                        value: number;
                                    };
                                    samples: number;
                                };
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                };
                                file: string;
                                macs?: number;
                                name: string;
                                sha256: string;
                            }[];
                            version: string;
                        } | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        unfit?: {
                            device: string;
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                            variant: string;
                        }[];
                        /** Format: date-time */
                        validatedAt: string | null;
                        variants: {
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                            name: string;
                        }[];
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    ChoiceController_show: {
        parameters: {
            query?: {
                maxAccuracyDrop?: number;
                maxBytes?: number;
                maxP95Ms?: number;
                maxRssMb?: number;
                where?: string;
            };
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        classes: {
                            accuracyDrop: number | null;
                            devices: number;
                            hardwareClass: string;
                            /** @enum {string} */
                            kind: "chosen" | "unmeasured" | "none";
                            p50Ms: number | null;
                            rejected: {
                                reasons: string[];
                                variant: string;
                            }[];
                            variant: string | null;
                        }[];
                        constraints: {
                            maxAccuracyDrop?: number;
                            maxBytes?: number;
                            maxP95Ms?: number;
                            maxRssMb?: number;
                        };
                        /** @enum {string} */
                        schema: "hamon.choices/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    VersionController_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        labels: string[];
                        model: string;
                        profiles?: {
                            device: string | null;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            };
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            variant: string;
                        }[];
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            machine: {
                                cpu: string;
                                facts: {
                                    accelerators: string[];
                                    agent: string;
                                    arch: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    platform: string;
                                };
                                hardwareClass: string;
                            };
                            model: string;
                            provenance: {
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                                input: {
                                    bytes: number;
                                    file: string;
                                    sha256: string;
                                };
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                            };
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                            variants: {
                                evaluation?: {
                                    accuracy?: number;
                                    agreement?: number;
                                    balancedAccuracy?: number;
                                    quality?: {
                                        figures: {
                                            [key: string]: number;
                                        };
                                        metric: string;
                                        value: number;
                                    };
                                    samples: number;
                                };
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                };
                                file: string;
                                macs?: number;
                                name: string;
                                sha256: string;
                            }[];
                            version: string;
                        } | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        unfit?: {
                            device: string;
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                            variant: string;
                        }[];
                        /** Format: date-time */
                        validatedAt: string | null;
                        variants: {
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                            name: string;
                        }[];
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    VersionRetirementController_retire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        labels: string[];
                        model: string;
                        profiles?: {
                            device: string | null;
                            figures: {
                                accuracy?: number;
                                agreement?: number;
                                allThreads?: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                bytes: number;
                                loadMs: number;
                                oneThread: {
                                    p50Ms: number;
                                    p95Ms: number;
                                    runs: number;
                                    threads: number;
                                };
                                outputError?: number;
                                quality?: {
                                    metric: string;
                                    value: number;
                                };
                                rssMb: number;
                                samples: number;
                            };
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            variant: string;
                        }[];
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            machine: {
                                cpu: string;
                                facts: {
                                    accelerators: string[];
                                    agent: string;
                                    arch: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    platform: string;
                                };
                                hardwareClass: string;
                            };
                            model: string;
                            provenance: {
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                                input: {
                                    bytes: number;
                                    file: string;
                                    sha256: string;
                                };
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                            };
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                            variants: {
                                evaluation?: {
                                    accuracy?: number;
                                    agreement?: number;
                                    balancedAccuracy?: number;
                                    quality?: {
                                        figures: {
                                            [key: string]: number;
                                        };
                                        metric: string;
                                        value: number;
                                    };
                                    samples: number;
                                };
                                figures: {
                                    accuracy?: number;
                                    agreement?: number;
                                    allThreads?: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    bytes: number;
                                    loadMs: number;
                                    oneThread: {
                                        p50Ms: number;
                                        p95Ms: number;
                                        runs: number;
                                        threads: number;
                                    };
                                    outputError?: number;
                                    quality?: {
                                        metric: string;
                                        value: number;
                                    };
                                    rssMb: number;
                                    samples: number;
                                };
                                file: string;
                                macs?: number;
                                name: string;
                                sha256: string;
                            }[];
                            version: string;
                        } | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        unfit?: {
                            device: string;
                            hardwareClass: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                            variant: string;
                        }[];
                        /** Format: date-time */
                        validatedAt: string | null;
                        variants: {
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                            name: string;
                        }[];
                        version: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                id?: string;
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** @enum {string} */
                            approve: "auto" | "manual";
                            /** Format: date-time */
                            createdAt: string;
                            devices: number;
                            devicesTouched: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            /** Format: uuid */
                            id: string;
                            labelChanges: {
                                added: {
                                    count: number;
                                    first: string[];
                                };
                                devices: number;
                                gone: {
                                    count: number;
                                    first: string[];
                                };
                                moved: {
                                    count: number;
                                    first: {
                                        from: number;
                                        label: string;
                                        to: number;
                                    }[];
                                };
                                version: string;
                            }[];
                            labelsApprovedBy: string | null;
                            memberStatuses?: {
                                [key: string]: number;
                            };
                            model: string;
                            offline: {
                                count: number;
                                devices: string[];
                            };
                            progress: {
                                [key: string]: number;
                            };
                            reason: string;
                            stage: number;
                            stages: {
                                devices: number;
                                /** Format: date-time */
                                endedAt: string | null;
                                judgement: {
                                    checks: {
                                        detail: string;
                                        /** @enum {string} */
                                        evidence: "paired" | "control" | "absolute";
                                        figures: {
                                            [key: string]: number | null;
                                        };
                                        /** @enum {string} */
                                        name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                        variant?: string;
                                        /** @enum {string} */
                                        verdict: "pass" | "fail" | "inconclusive" | "error";
                                    }[];
                                    reason: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                } | null;
                                prolonged: boolean;
                                /** Format: date-time */
                                startedAt: string | null;
                                /** @enum {string} */
                                state: "pending" | "deploying" | "watching" | "passed" | "failed";
                                /** Format: date-time */
                                watchEndsAt: string | null;
                                /** Format: date-time */
                                watchingSince: string | null;
                            }[];
                            /** @enum {string} */
                            state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                            targets: {
                                /** @enum {string} */
                                choice: "given" | "measured" | "unmeasured";
                                devices: number;
                                hardwareClasses: string[];
                                variant: string;
                            }[];
                            variant: string | null;
                            version: string;
                            watchSeconds: number;
                            where: string;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.rollouts/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @default auto
                     * @enum {string}
                     */
                    approve?: "auto" | "manual";
                    constraints?: {
                        maxAccuracyDrop?: number;
                        maxBytes?: number;
                        maxP95Ms?: number;
                        maxRssMb?: number;
                    };
                    /** @default {} */
                    gate?: {
                        /** @default 0.99 */
                        confidence?: number;
                        /** @default 1800 */
                        deploymentTimeoutSeconds?: number;
                        /** @default 0.2 */
                        errorRateCeiling?: number;
                        /** @default {} */
                        latency?: {
                            /** @default 5 */
                            maxExtraMs?: number;
                            /** @default 1.5 */
                            maxRatio?: number;
                            /** @default 100 */
                            minFrames?: number;
                        };
                        /** @default 0.02 */
                        maxErrorRate?: number;
                        /** @default 0.1 */
                        maxUpdateFailureRate?: number;
                        /** @default 6 */
                        maxWatchFactor?: number;
                        /** @default 0.4 */
                        minKappa?: number;
                        /** @default 120 */
                        minPairedFrames?: number;
                        /** @default 0.5 */
                        minReachedShare?: number;
                        /** @default {} */
                        tasks?: {
                            /** @default {} */
                            anomaly?: {
                                /** @default 0.3 */
                                minKappa?: number;
                                /** @default 0.3 */
                                minRankCorrelation?: number;
                            };
                            /** @default {} */
                            detection?: {
                                /** @default 0.15 */
                                minF1?: number;
                            };
                            /** @default {} */
                            regression?: {
                                /** @default 0.6 */
                                minConcordance?: number;
                            };
                            /** @default {} */
                            segmentation?: {
                                /** @default 0.04 */
                                minDice?: number;
                            };
                        };
                    };
                    maxParallel?: number;
                    model: string;
                    /** @default {} */
                    policy?: {
                        fallback?: {
                            cloudDeadlineMs?: number;
                            edgeDeadlineMs?: number;
                            enabled?: boolean;
                            maxInFlight?: number;
                            minConfidence?: number;
                        };
                        inference?: {
                            hangMs?: number;
                            intraOpNumThreads?: number;
                        };
                        probation?: {
                            maxErrorRate?: number;
                            minFrames?: number;
                            /** @enum {string} */
                            onFirstFailure?: "keep" | "stop";
                            seconds?: number;
                        };
                        selfTest?: {
                            runs?: number;
                            warmupRuns?: number;
                        };
                        shadow?: {
                            minFrames?: number;
                        };
                        telemetry?: {
                            windowSeconds?: number;
                        };
                        threshold?: number | {
                            [key: string]: number;
                        };
                    };
                    /** @default 1,10%,50%,100% */
                    stages?: string;
                    variant?: string;
                    version: string;
                    /** @default 600 */
                    watchSeconds?: number;
                    /** @default  */
                    where?: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_abort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    rollback?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        kind: string;
                        /** @enum {string} */
                        schema: "hamon.rollout-event/1";
                        seq: number;
                        text: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_latecomers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                        devices: string[];
                        /** @enum {string} */
                        schema: "hamon.latecomers/1";
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_members: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            device: string;
                            hardwareClass: string;
                            online: boolean;
                            previousVersion: string | null;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "answer-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-foreign-model" | "manifest-too-many-models" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            stage: number;
                            state: ("assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded") | "pending" | "retired";
                            /** @enum {string} */
                            status: "pending" | "updating" | "held" | "will-hold" | "cannot-hold" | "running" | "returning" | "will-return" | "returned" | "elsewhere" | "failed" | "replaced" | "retired";
                            variant: string;
                            waitsFor: {
                                detail: string;
                                /** @enum {string} */
                                kind: "connection" | "download" | "self-test" | "frames" | "comparison" | "probation" | "resume";
                            } | null;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.rollout-members/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_pause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    RolloutController_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        /** Format: date-time */
                        createdAt: string;
                        devices: number;
                        devicesTouched: number;
                        /** Format: date-time */
                        endedAt: string | null;
                        /** Format: uuid */
                        id: string;
                        labelChanges: {
                            added: {
                                count: number;
                                first: string[];
                            };
                            devices: number;
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    from: number;
                                    label: string;
                                    to: number;
                                }[];
                            };
                            version: string;
                        }[];
                        labelsApprovedBy: string | null;
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        model: string;
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        progress: {
                            [key: string]: number;
                        };
                        reason: string;
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        stage: number;
                        stages: {
                            devices: number;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                checks: {
                                    detail: string;
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                }[];
                                reason: string;
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                            } | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                        }[];
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        targets: {
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            devices: number;
                            hardwareClasses: string[];
                            variant: string;
                        }[];
                        variant: string | null;
                        version: string;
                        watchSeconds: number;
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                device?: string;
                from?: string;
                id?: string;
                label?: string;
                labelled?: "true" | "false";
                labelledAs?: "classification" | "detection" | "segmentation" | "anomaly" | "regression";
                limit?: number;
                model?: string;
                reason?: "defect" | "low-confidence" | "edge-cloud" | "shadow-current" | "drift" | "random";
                stream?: string;
                to?: string;
                version?: string;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            at: string;
                            bytes: number;
                            confidence: number | null;
                            device: string;
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: uuid */
                            id: string;
                            labels: {
                                annotator: string | null;
                                /** Format: date-time */
                                at: string;
                                by: string;
                                task: string;
                                words: string[];
                            }[];
                            mediaType: string;
                            model: string | null;
                            reasons: string[];
                            /** Format: date-time */
                            receivedAt: string;
                            sha256: string;
                            size: {
                                height: number;
                                width: number;
                            };
                            stream: string;
                            task: string | null;
                            verdict: string | null;
                            version: string | null;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.samples/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        at: string;
                        bytes: number;
                        confidence: number | null;
                        device: string;
                        /** Format: date-time */
                        expiresAt: string;
                        history: {
                            annotator: string | null;
                            /** Format: date-time */
                            at: string;
                            by: string;
                            task: string;
                            truth: {
                                label: string;
                                /** @enum {string} */
                                task: "classification";
                            } | {
                                boxes: {
                                    box: {
                                        height: number;
                                        width: number;
                                        x: number;
                                        y: number;
                                    };
                                    label: string;
                                }[];
                                /** @enum {string} */
                                task: "detection";
                            } | {
                                labels: string[];
                                mask: {
                                    height: number;
                                    rle: number[];
                                    width: number;
                                };
                                /** @enum {string} */
                                task: "segmentation";
                            } | {
                                fault?: string;
                                isAnomalous: boolean;
                                mask?: {
                                    height: number;
                                    rle: number[];
                                    width: number;
                                };
                                /** @enum {string} */
                                task: "anomaly";
                            } | {
                                /** @enum {string} */
                                task: "regression";
                                values: {
                                    [key: string]: number;
                                };
                            };
                            words: string[];
                        }[];
                        /** Format: uuid */
                        id: string;
                        labels: {
                            annotator: string | null;
                            /** Format: date-time */
                            at: string;
                            by: string;
                            task: string;
                            words: string[];
                        }[];
                        mediaType: string;
                        meta: {
                            [key: string]: unknown;
                        };
                        model: string | null;
                        reasons: string[];
                        /** Format: date-time */
                        receivedAt: string;
                        /** @enum {string} */
                        schema: "hamon.stored-sample/1";
                        sha256: string;
                        size: {
                            height: number;
                            width: number;
                        };
                        stream: string;
                        task: string | null;
                        verdict: string | null;
                        version: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_delete: {
        parameters: {
            query: {
                why: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        /** @enum {string} */
                        schema: "hamon.deleted-sample/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_picture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/vnd.hamon.sample.1": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        id: string;
                        isNew: boolean;
                        /** @enum {string} */
                        schema: "hamon.taken-sample/1";
                        sha256: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    SampleController_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bytesLeftToday?: number;
                        maxBytesPerDeviceDay: number;
                        /** @enum {string} */
                        schema: "hamon.sample-policy/1";
                        upload: boolean;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    TimeController_now: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        now: string;
                        /** @enum {string} */
                        schema: "hamon.time/1";
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
    AccessTokenController_list: {
        parameters: {
            query?: {
                after?: string;
                count?: "true" | "false";
                limit?: number;
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: date-time */
                            revokedAt: string | null;
                        }[];
                        next: string | null;
                        /** @enum {string} */
                        schema: "hamon.tokens/1";
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        code: string;
                        detail: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        status: number;
                        title: string;
                        type: string;
                    };
                };
            };
        };
    };
}
