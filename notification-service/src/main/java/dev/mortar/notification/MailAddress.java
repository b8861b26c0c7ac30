package dev.mortar.notification;

import com.ibm.icu.text.IDNA;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** An e-mail address for a mail server: the domain in ASCII (punycode by IDNA 2008), the local part as entered. */
record MailAddress(String localPart, String domain) {

    private static final IDNA DOMAINS = IDNA.getUTS46Instance(IDNA.USE_STD3_RULES
            | IDNA.CHECK_BIDI
            | IDNA.CHECK_CONTEXTJ
            | IDNA.NONTRANSITIONAL_TO_ASCII
            | IDNA.NONTRANSITIONAL_TO_UNICODE);

    /** No white space, control or invisible characters. */
    private static final Pattern INTERNATIONAL_LOCAL_PART = Pattern.compile("[^\\p{Z}\\p{C}]+");

    /**
     * Reads a bare address, without a name.
     *
     * @throws AddressException when it is not an address; the message never contains the address
     */
    static MailAddress of(String address) throws AddressException {
        InternetAddress parsed = parse(address);
        int at = address.lastIndexOf('@');
        if (!address.equals(parsed.getAddress()) || at < 1) {
            throw new AddressException("not a bare address");
        }
        MailAddress read = new MailAddress(address.substring(0, at), asciiDomain(address.substring(at + 1)));
        if (read.needsUtf8()
                && !INTERNATIONAL_LOCAL_PART.matcher(read.localPart()).matches()) {
            throw new AddressException("not a local part");
        }
        parse(read.toString());
        return read;
    }

    /** True when only a mail server with SMTPUTF8 (RFC 6531) accepts it. */
    boolean needsUtf8() {
        return !isAscii(localPart);
    }

    @Override
    public String toString() {
        return localPart + "@" + domain;
    }

    private static InternetAddress parse(String address) throws AddressException {
        try {
            return new InternetAddress(address, true);
        } catch (AddressException e) {
            throw new AddressException("not an address");
        }
    }

    private static String asciiDomain(String domain) throws AddressException {
        if (isAscii(domain)) {
            return domain;
        }
        IDNA.Info info = new IDNA.Info();
        StringBuilder ascii = new StringBuilder();
        DOMAINS.nameToASCII(domain, ascii, info);
        if (info.hasErrors() || !isAscii(ascii)) {
            throw new AddressException("not a domain");
        }
        return ascii.toString();
    }

    private static boolean isAscii(CharSequence text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    }
}
