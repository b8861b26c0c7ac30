package dev.mortar.notification;

import static com.google.zxing.EncodeHintType.*;
import static com.google.zxing.qrcode.decoder.ErrorCorrectionLevel.M;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws QR codes. */
final class QrCode {

    private static final int SIZE_PIXELS = 264;
    private static final int QUIET_ZONE_MODULES = 4;
    private static final int BLACK = 0xff000000;
    private static final int WHITE = 0xffffffff;

    private QrCode() {}

    /** The payload as a black and white PNG. */
    static byte[] png(String payload) {
        BitMatrix modules = encode(payload);
        BufferedImage image =
                new BufferedImage(modules.getWidth(), modules.getHeight(), BufferedImage.TYPE_BYTE_BINARY);
        for (int y = 0; y < modules.getHeight(); y++) {
            for (int x = 0; x < modules.getWidth(); x++) {
                image.setRGB(x, y, modules.get(x, y) ? BLACK : WHITE);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        // In memory, because a code must not be written to disk.
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
            if (!ImageIO.write(image, "png", out)) {
                throw new IllegalStateException("this Java platform cannot write PNG");
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return png.toByteArray();
    }

    private static BitMatrix encode(String payload) {
        try {
            var hints = Map.of(ERROR_CORRECTION, M, CHARACTER_SET, "UTF-8", MARGIN, QUIET_ZONE_MODULES);
            return new QRCodeWriter().encode(payload, BarcodeFormat.QR_CODE, SIZE_PIXELS, SIZE_PIXELS, hints);
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code: " + payload.length() + " characters", e);
        }
    }
}
