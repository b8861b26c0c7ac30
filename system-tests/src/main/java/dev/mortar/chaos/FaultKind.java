package dev.mortar.chaos;

/** Everything that is done to the system. */
enum FaultKind {
    KILL("an instance is killed"),
    KILL_BOTH("both instances of a service are killed"),
    FREEZE("an instance stands still, shorter than its session lasts"),
    FREEZE_LONG("an instance stands still until its session and its transaction are over, then goes on"),
    COMMIT_LATE("an instance without a second one stands still in a commit until the broker has aborted it"),
    STOP("an instance is stopped in an orderly way"),
    BROKER_KILL("the broker is killed"),
    BROKER_STOP("the broker is stopped in an orderly way"),
    BROKER_FREEZE("the broker stands still"),
    CUT("the connections between an instance and the broker are cut"),
    SILENCE("nothing gets through between an instance and the broker"),
    DELAY("everything between an instance and the broker is late"),
    DISK_FULL("the broker can write no more"),
    CLOCK("the clock of an instance is hours off"),
    GROUP_RESET("the listeners of a service begin again at the first event"),
    STORE_LOST("the local store of an instance is deleted while it is down"),
    STORE_OLDER("an older checkpoint, its own or another instance's, replaces the local store of an instance"),
    MAIL_AWAY("the mail server refuses or stands still"),
    REGISTRY_AWAY("the schema registry is away"),
    ISSUER_AWAY("the issuer of the tokens is away"),
    MALFORMED("records that are no commands lie among the commands"),
    LATE_REPEAT("requests are repeated that the service has long forgotten");

    final String sentence;

    FaultKind(String sentence) {
        this.sentence = sentence;
    }
}
