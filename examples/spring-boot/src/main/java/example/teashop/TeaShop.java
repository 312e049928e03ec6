package example.teashop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/// A tea shop that answers letters, with a model in this process.
@SpringBootApplication
@ConfigurationPropertiesScan
public class TeaShop {
  public static void main(String[] args) {
    SpringApplication.run(TeaShop.class, args);
  }
}
